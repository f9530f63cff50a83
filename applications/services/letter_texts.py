"""Changing the text of a decision letter: every change is a new version, what was sent keeps its own."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.queries.letters import LetterKind, placeholders_for
from cityhall.errors import DomainError
from cityhall.models import User
from notices.models import NoticeTypeVersion
from notices.services.kinds import TextChangedMeanwhile, TextUnchanged, WrongText, new_version

__all__ = ["NotYourLetter", "TextChangedMeanwhile", "TextUnchanged", "UnknownPlaceholder", "save_text"]

TEXTS = ("title", "body", "particulars", "appeal_text")


class NotYourLetter(DomainError):
    """Another department sends the same letter."""

    code = "not_your_letter"
    message = _(
        "この文面は、ほかの課も使っているか、ご自身の課の決裁者でないため変えられません。管理者に依頼してください。"
    )


class UnknownPlaceholder(DomainError):
    """A letter would not be made: nobody gives these values."""

    code = "unknown_placeholder"
    message = _("使えない差込項目があります。")


def save_text(
    *,
    kind: LetterKind,
    texts: Mapping[str, Any],
    change_note: str,
    seen_version: int,
    by: User,
    now: dt.datetime | None = None,
) -> NoticeTypeVersion:
    """Make the next version of a letter's text. Audited.

    Button, translations and files stay as they are. Raises NotYourLetter, UnknownPlaceholder, TextUnchanged,
    TextChangedMeanwhile when the newest version is not the one the person saw.
    """
    if not kind.is_editable:
        raise NotYourLetter
    known = {one.name for one in placeholders_for(kind)}
    try:
        return new_version(
            notice_type=kind.notice_type,
            texts={name: texts[name] for name in TEXTS},
            change_note=change_note,
            seen_version=seen_version,
            by=by,
            known=known,
            now=now,
        )
    except WrongText as error:
        raise UnknownPlaceholder from error
