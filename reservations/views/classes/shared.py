"""What the staff's pages of classes share: that a class of another department does not exist."""

from django.http import Http404, HttpRequest

from cityhall.db import is_number
from reservations.models import Slot, SlotSeries
from reservations.queries.classes import event_groups, visible_series
from reservations.views.staff.shared import staff_of


def series_or_404(request: HttpRequest, public_id: str) -> SlotSeries:
    """A class the person may see."""
    found = visible_series(staff_of(request)).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def editable_or_404(request: HttpRequest, public_id: str) -> SlotSeries:
    """A class the person may change."""
    series = series_or_404(request, public_id)
    if not event_groups(staff_of(request)).filter(pk=series.group_id).exists():
        raise Http404
    return series


def slot_or_404(series: SlotSeries, slot_id: int) -> Slot:
    """A session of the class."""
    rows = Slot.objects.filter(series=series).select_related("group", "place", "series")
    found = rows.filter(pk=slot_id).first() if is_number(slot_id) else None
    if found is None:
        raise Http404
    return found
