"""How a notice looks in lists: one place for words and colours."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cityhall.days import local_date, wareki
from notices.enums import NoticeState, PaperState
from notices.models import Notice

_TONES = {
    NoticeState.DRAFT: "neutral",
    NoticeState.AVAILABLE: "warning",
    NoticeState.OPENED: "info",
    NoticeState.CONFIRMED: "success",
    NoticeState.WITHDRAWN: "error",
}


def state_chip(notice: Notice) -> dict[str, str]:
    """Label and tone for the person it is for."""
    state = NoticeState(notice.state)
    label = _("未開封") if state == NoticeState.AVAILABLE else str(notice.get_state_display())
    return {"label": label, "tone": _TONES[state]}


def staff_chip(notice: Notice) -> dict[str, str]:
    """Label and tone for staff."""
    return {"label": str(notice.get_state_display()), "tone": _TONES[NoticeState(notice.state)]}


def paper_chip(notice: Notice) -> dict[str, str] | None:
    """The letter beside the digital way, when there is one."""
    if notice.paper_state == PaperState.NONE:
        return None
    tone = "error" if notice.paper_state == PaperState.RETURNED else "neutral"
    return {"label": str(notice.get_paper_state_display()), "tone": tone}


CARD_FIELDS = (
    *("public_id", "title", "state", "available_at", "recipient_id", "recipient_name", "subject_id", "subject_name"),
    *("inbox_category", "is_practice", "department__name"),
)
"""All that a card reads of a notice."""


def card_of(notice: Notice, *, own: Collection[int] = ()) -> dict[str, Any]:
    """A card of the resident's list; `own` are the ids of their rows. The text of an unopened notice stays inside."""
    sent_on = wareki(local_date(notice.available_at)) if notice.available_at else ""
    return {
        "title": notice.title,
        "href": reverse("notices:notice_detail", args=[notice.public_id]),
        "text": _people_of(notice, own),
        "meta": _("%(date)s %(department)s（%(category)s）")
        % {
            "date": sent_on,
            "department": notice.department.name,
            "category": notice.get_inbox_category_display(),
        },
        "chip": state_chip(notice),
    }


def _people_of(notice: Notice, own: Collection[int]) -> str:
    """To whom and about whom, where it is not the reader."""
    parts = []
    if notice.is_practice:
        parts.append(_("体験用の見本"))
    if own and notice.recipient_id not in own:
        parts.append(_("%(name)sさん宛て") % {"name": notice.recipient_name})
    if notice.subject_id != notice.recipient_id:
        parts.append(_("%(name)sさんについて") % {"name": notice.subject_name})
    return "　".join(parts)
