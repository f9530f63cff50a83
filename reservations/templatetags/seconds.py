"""Times and shares as people read them."""

from django import template
from django.utils.translation import gettext as _

from reservations.hall.languages import JAPANESE, minutes_text
from reservations.queries.queue import Present

register = template.Library()


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
