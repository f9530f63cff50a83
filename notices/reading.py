"""One notice as one person reads it: what is open to them, and what they may do."""

from dataclasses import dataclass, field
from typing import Any

from django.conf.locale import LANG_INFO

from cityhall.ids import public_id as new_key
from cityhall.models import User
from notices.actions import action_url
from notices.display import state_chip
from notices.enums import NoticeState
from notices.forms_inbox import ReplyForm
from notices.models import Notice
from notices.queries.access import Standing, standing_of
from notices.services.receipts import code_of, code_was_shown, has_read
from notices.services.replies import takes_replies
from residents.queries import resident_of

ORIGINAL = "ja"


@dataclass(frozen=True)
class Reading:
    """What the page of a notice shows to one person.

    `text` is the translation that is read instead of the Japanese original, {} for the original.
    """

    chip: dict[str, str]
    is_open: bool
    is_withdrawn: bool
    is_for_other: bool
    may_act: bool
    asks_confirmation: bool = False
    action_url: str = ""
    has_code: bool = False
    code: str = ""
    language: str = ORIGINAL
    languages: list[tuple[str, str]] = field(default_factory=list)
    text: dict[str, Any] = field(default_factory=dict)
    files: list[Any] = field(default_factory=list)
    replies: list[Any] = field(default_factory=list)
    reply_form: ReplyForm | None = None
    may_archive: bool = False


def reading_of(notice: Notice, user: User, *, language: str | None = None) -> Reading:
    """How a person who may see a notice reads it. `language` is one asked for; otherwise their own, if there is one."""
    standing = standing_of(notice, user)
    is_withdrawn = notice.state == NoticeState.WITHDRAWN
    envelope: dict[str, Any] = {
        "chip": state_chip(notice),
        "is_withdrawn": is_withdrawn,
        "is_for_other": standing is not Standing.OWNER,
        "may_act": standing is not None and standing.counts,
    }
    envelope["may_archive"] = envelope["may_act"] and notice.state != NoticeState.AVAILABLE
    if standing is None or not has_read(notice, user, standing):
        return Reading(is_open=False, **envelope)
    chosen = _language_of(notice, user, language)
    letter: dict[str, Any] = {
        "language": chosen,
        "languages": _languages_of(notice),
        "text": notice.translations.get(chosen, {}),
        "files": list(notice.files.select_related("file").order_by("position", "id")),
        "replies": list(notice.replies.order_by("id")),
    }
    if is_withdrawn or notice.wiped_at is not None:
        return Reading(is_open=True, **envelope, **letter)
    return Reading(is_open=True, **envelope, **letter, **_acts_on(notice, user, standing))


def _acts_on(notice: Notice, user: User, standing: Standing) -> dict[str, Any]:
    """What may be done with a notice that is open and in force; an agent for some procedures follows its button."""
    link = action_url(notice)
    if not standing.counts:
        return {"action_url": link}
    shows_code = bool(notice.one_time_code) and code_was_shown(notice, user)
    return {
        "action_url": link,
        "asks_confirmation": notice.state == NoticeState.OPENED and notice.version.notice_type.needs_confirmation,
        "has_code": bool(notice.one_time_code),
        "code": code_of(notice) if shows_code else "",
        "reply_form": ReplyForm(initial={"request_key": new_key()}) if takes_replies(notice) else None,
    }


def _languages_of(notice: Notice) -> list[tuple[str, str]]:
    """The languages the notice can be read in, by the name their speakers use; [] when there is the original only."""
    keys = [key for key in notice.translations if key in LANG_INFO]
    return [(key, LANG_INFO[key]["name_local"]) for key in (ORIGINAL, *keys)] if keys else []


def _language_of(notice: Notice, user: User, wanted: str | None) -> str:
    resident = resident_of(user)
    chosen = wanted or (resident.language if resident else ORIGINAL)
    return chosen if chosen in notice.translations else ORIGINAL
