"""Dated exceptions, and closing or reopening a day in one step."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cityhall.models import User
from reservations.enums import ExceptionKind, SupplyAction
from reservations.models import OpeningException, OpeningRule, Place, Reservation, ServiceGroup, Slot, SupplyEvent
from reservations.queries.displaced import displaced_in
from reservations.services.slots import lock_slots
from reservations.services.supply.events import values_of, write_event
from reservations.services.supply.locks import lock_groups
from reservations.services.supply.rebuilding import Rebuilt, rebuild
from reservations.services.supply.telling import Told, end_holds_in, tell_affected, tell_reopened
from reservations.supply.errors import DayIsClosed

SETTINGS = ("date", "kind", "from_time", "until_time", "slot_minutes", "capacity", "public_capacity", "reason")


@dataclass(frozen=True)
class Closed:
    """What closing a day did: how many slots, and everybody who has to choose another time."""

    slots: int = 0
    must_move: list[Reservation] = field(default_factory=list)
    told: Told = field(default_factory=Told)


def add_exception(*, exception: OpeningException, by: User | None, now: dt.datetime | None = None) -> Rebuilt:
    """Write a dated exception and rebuild its day. Nobody is told: `must_move` lists who is affected.

    Raises DayIsClosed for hours on a day that is closed: reopen it first. Locks the groups it is about.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        lock_groups(_group_ids(exception.place, exception.group))
        if exception.kind == ExceptionKind.OPEN and _closures(exception).exists():
            raise DayIsClosed
        exception.save(force_insert=True)
        _note(exception, SupplyAction.EXCEPTION_ADDED, by, moment, after=values_of(exception, SETTINGS))
    return _rebuild_day(exception, moment)


def remove_exception(*, exception: OpeningException, by: User | None, now: dt.datetime | None = None) -> Rebuilt:
    """Take a dated exception away and rebuild its day; gone already, nothing happens. Locks the groups it is about."""
    moment = now or timezone.now()
    with transaction.atomic():
        lock_groups(_group_ids(exception.place, exception.group))
        if OpeningException.objects.filter(pk=exception.pk).delete()[0]:
            _note(exception, SupplyAction.EXCEPTION_REMOVED, by, moment, before=values_of(exception, SETTINGS))
    return _rebuild_day(exception, moment)


def close_day(
    *,
    place: Place,
    group: ServiceGroup | None = None,
    day: dt.date,
    reason: str,
    by: User | None,
    now: dt.datetime | None = None,
) -> Closed:
    """Close a day of a group, or of everything at the place: no places from then on, and everybody affected is told.

    Nobody can book any more before the first person is told. A second call finds the day closed and tells whoever
    was not told yet. Locks the groups, then their slots; telling locks neither.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        lock_groups(_group_ids(place, group))
        exception, is_new = OpeningException.objects.get_or_create(
            place=place,
            group=group,
            date=day,
            kind=ExceptionKind.CLOSED,
            from_time=None,
            until_time=None,
            defaults={"reason": reason},
        )
        if is_new:
            after = values_of(exception, ("date", "reason"))
            _note(exception, SupplyAction.DAY_CLOSED, by, moment, after=after)
        slot_ids = [slot.pk for slot in _slots_of_day(place, group, day).filter(starts_at__gt=moment)]
        open_ids = [slot.pk for slot in lock_slots(slot_ids) if slot.closed_at is None]
        Slot.objects.filter(pk__in=open_ids).update(closed_at=moment, next_wave_at=None)
    end_holds_in(slot_ids, now=moment)
    affected = displaced_in(slot_ids, now=moment)
    told = tell_affected(reservations=affected, by=by, reason=reason, now=moment)
    return Closed(slots=len(open_ids), must_move=affected, told=told)


def reopen_day(
    *,
    place: Place,
    group: ServiceGroup | None = None,
    day: dt.date,
    by: User | None,
    now: dt.datetime | None = None,
) -> Told:
    """Take the closing of a day back: its slots open again, and whoever was asked to move hears that nothing changes.

    Who is closed by something else as well (the whole place, a rule that ended) stays so. Locks like `close_day`.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        lock_groups(_group_ids(place, group))
        closures = OpeningException.objects.filter(
            place=place, group=group, date=day, kind=ExceptionKind.CLOSED, from_time__isnull=True
        )
        if closures.delete()[0]:
            write_event(
                SupplyAction.DAY_REOPENED,
                group=group,
                place=place,
                by=by,
                now=moment,
                before={"date": day.isoformat()},
            )
            _reopen_series(place, group, day, moment)
    rebuild(group=group, place=place, from_day=day, until_day=day, now=moment)
    return tell_reopened(reservations=_holding_again(place, group, day), by=by, now=moment)


def _reopen_series(place: Place, group: ServiceGroup | None, day: dt.date, now: dt.datetime) -> None:
    """Sessions of a series are made by nobody again: those this closing closed are opened here."""
    closings = SupplyEvent.objects.filter(
        group=group, place=place, action=SupplyAction.DAY_CLOSED, at__lte=now
    ).order_by("-id")
    closing = next((event for event in closings if event.after.get("date") == day.isoformat()), None)
    if closing is None:
        return
    slots = _slots_of_day(place, group, day).filter(series__isnull=False, closed_at=closing.at)
    ids = [slot.pk for slot in lock_slots(list(slots.values_list("pk", flat=True)))]
    Slot.objects.filter(pk__in=ids).update(closed_at=None)


def _holding_again(place: Place, group: ServiceGroup | None, day: dt.date) -> list[Reservation]:
    """Who was asked to move although every slot of the reservation is open now."""
    slots = _slots_of_day(place, group, day)
    asked = Reservation.objects.filter(slots__slot__in=slots, must_move_since__isnull=False)
    still_closed = Reservation.objects.filter(slots__slot__closed_at__isnull=False)
    rows = asked.exclude(pk__in=still_closed.values("pk")).order_by("id").distinct()
    return list(rows.select_related("group", "place", "service", "resident"))


def _slots_of_day(place: Place, group: ServiceGroup | None, day: dt.date) -> QuerySet[Slot]:
    slots = Slot.objects.filter(place=place, business_day=day)
    return slots.filter(group=group) if group is not None else slots


def _group_ids(place: Place, group: ServiceGroup | None) -> set[int]:
    """The group, or every group that has hours or slots at the place."""
    if group is not None:
        return {group.pk}
    ruled = OpeningRule.objects.filter(place=place).order_by().values_list("group_id", flat=True)
    dated = OpeningException.objects.filter(place=place, group__isnull=False).order_by()
    slotted = Slot.objects.filter(place=place).order_by().values_list("group_id", flat=True).distinct()
    return {*ruled, *dated.values_list("group_id", flat=True), *slotted}


def _closures(exception: OpeningException) -> QuerySet[OpeningException]:
    """Whole days closed, of the same group or of its place."""
    return OpeningException.objects.filter(
        Q(group=exception.group) | Q(group__isnull=True),
        place=exception.place,
        date=exception.date,
        kind=ExceptionKind.CLOSED,
        from_time__isnull=True,
    )


def _rebuild_day(exception: OpeningException, now: dt.datetime) -> Rebuilt:
    day = exception.date
    return rebuild(group=exception.group, place=exception.place, from_day=day, until_day=day, now=now)


def _note(
    exception: OpeningException,
    action: SupplyAction,
    by: User | None,
    now: dt.datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    write_event(action, group=exception.group, place=exception.place, by=by, now=now, before=before, after=after)
