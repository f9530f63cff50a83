"""How circulars look in lists: one place for words and colours."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.days import local_date, wareki
from notices.models import Circular, CircularReading
from notices.queries.circulars import is_on_display

_ON_PAPER = gettext_lazy("紙")
_ON_TABLET = gettext_lazy("端末")
_ONLINE = gettext_lazy("オンライン")


def circular_chip(circular: Circular) -> dict[str, str]:
    """Label and tone for staff."""
    if circular.withdrawn_at is not None:
        return {"label": _("取消"), "tone": "error"}
    if circular.published_at is None:
        return {"label": _("下書き"), "tone": "neutral"}
    if is_on_display(circular):
        return {"label": _("回覧中"), "tone": "success"}
    return {"label": _("終了"), "tone": "neutral"}


def way_of(reading: CircularReading) -> str | Promise:
    """How a home read it."""
    if reading.on_paper:
        return _ON_PAPER
    return _ONLINE if reading.by_id else _ON_TABLET


def sender_of(circular: Circular, district_name: str) -> str:
    """Who passes it round: a department of the city, or the district itself."""
    return circular.department.name if circular.department is not None else district_name


def reading_card(circular: Circular, *, href: str) -> dict[str, Any]:
    """A card of a home's list; `is_read` comes with the row (`queries.circulars.circulars_for_homes`)."""
    is_read = bool(getattr(circular, "is_read", False))
    begun_on = wareki(local_date(circular.published_at)) if circular.published_at else ""
    names = "・".join(district.name for district in circular.districts.all()[:1])
    return {
        "title": circular.title,
        "href": href,
        "is_read": is_read,
        "meta": _("%(date)s %(sender)s") % {"date": begun_on, "sender": sender_of(circular, names)},
        "chip": {"label": _("確認済み"), "tone": "success"} if is_read else {"label": _("未読"), "tone": "warning"},
    }
