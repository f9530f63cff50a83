"""How a notice looks in lists: one place for words and colours."""

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
    *("public_id", "title", "state", "available_at", "recipient_id", "subject_id", "subject_name"),
    "department__name",
)
"""All that a card reads of a notice."""


def card_of(notice: Notice) -> dict[str, Any]:
    """A card of the resident's list. The text of an unopened notice stays inside."""
    about = (
        "" if notice.subject_id == notice.recipient_id else _("%(name)sさんについて") % {"name": notice.subject_name}
    )
    sent_on = wareki(local_date(notice.available_at)) if notice.available_at else ""
    return {
        "title": notice.title,
        "href": reverse("notices:notice_detail", args=[notice.public_id]),
        "text": about,
        "meta": _("%(date)s %(department)s") % {"date": sent_on, "department": notice.department.name},
        "chip": state_chip(notice),
    }
