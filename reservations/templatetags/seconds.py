"""Times and shares as people read them."""

import datetime as dt
from typing import Protocol

from django import template
from django.utils.translation import gettext as _

from cityhall.days import today
from reservations.hall.languages import JAPANESE, minutes_text
from reservations.queries.queue import Present
from reservations.templatetags.booking import plain_day

register = template.Library()


class Line(Protocol):
    """A line of a table of figures."""

    label: str
    day: dt.date | None


@register.filter
def line_name(line: Line) -> str:
    """What a line is of; a day as people say it (11月23日（月）), of another year with the year."""
    if line.day is None:
        return line.label
    year = "" if line.day.year == today().year else _("%(year)s年") % {"year": line.day.year}
    return f"{year}{plain_day(line.day)}"


@register.filter
def minutes(seconds: float | None) -> str:
    """Minutes and seconds; a dash where nothing was measured."""
    if seconds is None:
        return "—"
    whole, rest = divmod(round(seconds), 60)
    return _("%(minutes)s分%(seconds)02d秒") % {"minutes": whole, "seconds": rest}


@register.filter
def percent(share: int | None) -> str:
    """A share, or a dash where there is nothing to divide by."""
    return "—" if share is None else f"{share}%"


@register.filter
def wait(row: Present) -> str:
    """How long somebody waits for a service now, as a range in words."""
    return minutes_text(row.low_minutes, row.high_minutes, JAPANESE)
