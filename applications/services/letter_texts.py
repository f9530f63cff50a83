"""Changing the text of a decision letter: every change is a new version, what was sent keeps its own."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.queries.letters import LetterKind, placeholders_for
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit
from notices.models import NoticeType, NoticeTypeVersion
from notices.texts import mistakes_in

TEXTS = ("title", "body", "particulars", "appeal_text")


class NotYourLetter(DomainError):
    """Another department sends the same letter."""

    code = "not_your_letter"
    message = _(
        "この文面は、ほかの課も使っているか、ご自身の課の決裁者でないため変えられません。管理者に依頼してください。"
    )


class TextUnchanged(DomainError):
    code = "text_unchanged"
    message = _("文面は変わっていません。変えるところを編集してから保存してください。")


class UnknownPlaceholder(DomainError):
    """A letter would not be made: nobody gives these values."""

    code = "unknown_placeholder"
    message = _("使えない差込項目があります。")


class TextChangedMeanwhile(StaleState):
    code = "text_changed"
    message = _(
        "ほかの人が先に文面を変えました。入力した内容は残っています。最新の文面との違いを確認してから保存してください。"
    )


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

    Raises NotYourLetter, UnknownPlaceholder, TextUnchanged, TextChangedMeanwhile when the newest version is not the
    one the person saw.
    """
    if not kind.is_editable:
        raise NotYourLetter
    known = {one.name for one in placeholders_for(kind)}
    if any(mistakes_in(text, known) for text in all_texts(texts)):
        raise UnknownPlaceholder
    newest = kind.newest
    if newest is not None and all(getattr(newest, name) == texts[name] for name in TEXTS):
        raise TextUnchanged
    if (newest.number if newest else 0) != seen_version:
        raise TextChangedMeanwhile
    try:
        with transaction.atomic():
            version = NoticeTypeVersion.objects.create(
                notice_type=kind.notice_type,
                number=seen_version + 1,
                **{name: texts[name] for name in TEXTS},
                change_note=change_note.strip(),
                created_by=by,
                created_at=now or timezone.now(),
            )
            _record(kind.notice_type, version, by)
    except IntegrityError as error:
        if violated(error) == "notice_type_version_number_unique":
            raise TextChangedMeanwhile from error
        raise
    return version


def all_texts(texts: Mapping[str, Any]) -> list[str]:
    """Every text of a version that is filled with values."""
    rows = [row["text"] for row in texts["particulars"]]
    return [texts["title"], texts["body"], texts["appeal_text"], *rows]


def _record(kind: NoticeType, version: NoticeTypeVersion, by: User) -> None:
    audit.record(
        action=AuditAction.CREATE,
        actor=by,
        target_type=version._meta.label_lower,
        target_id=version.pk,
        target_label=f"{kind.key} {version.number}",
        changed_fields=TEXTS,
        department_code=kind.department.code if kind.department else "",
    )
