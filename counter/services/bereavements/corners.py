"""Which service is the corner, and that its group gives no numbers to who walks in."""

from django.db import transaction

from counter.models import BereavementCorner
from reservations.services.groups import give_back, keep_by_reservation


def save_corner(corner: BereavementCorner) -> None:
    """Keep a corner as it is set: the group of one in use is by reservation only, that of no other is. Twice is once.

    Raises GivesNumbers while the group gives numbers. Locks the groups in the order of their ids.
    """
    with transaction.atomic():
        before = _group_of(corner)
        corner.save()
        _follow(before, corner.service.group_id)


def _group_of(corner: BereavementCorner) -> int | None:
    return BereavementCorner.objects.filter(pk=corner.pk).values_list("service__group", flat=True).first()


def _follow(*groups: int | None) -> None:
    # in the order of their ids: two who exchange the groups of their corners wait for each other once
    for group in sorted({one for one in groups if one is not None}):
        is_needed = BereavementCorner.objects.filter(service__group=group, is_active=True).exists()
        (keep_by_reservation if is_needed else give_back)(group)
