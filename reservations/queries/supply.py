"""The supply as its editors see it: a week of slots, who has to move, what was changed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cityhall.days import closed_between, local_date
from cityhall.models import User
from cityhall.queries.staff import scope_of
from reservations.enums import ExceptionKind, ReservationState
from reservations.models import OpeningException, OpeningRule, Place, Reservation, ServiceGroup, Slot, SupplyEvent
from reservations.permissions import CHANGE_SUPPLY, ROLE_PERMISSIONS
from reservations.queries.displaced import displaced_of

WEEK = 7


@dataclass(frozen=True)
class Day:
    """One column of the week view."""

    date: dt.date
    holiday: str = ""
    exceptions: Sequence[OpeningException] = ()
    slots: Sequence[Slot] = ()

    @property
    def closure(self) -> OpeningException | None:
        """What closes the whole day for the group, or for its place."""
        whole = (one for one in self.exceptions if one.kind == ExceptionKind.CLOSED and one.from_time is None)
        return next(whole, None)

    @property
    def taken(self) -> int:
        return sum(slot.taken for slot in self.slots)

    @property
    def capacity(self) -> int:
        """What can be taken: a closed slot counts with what is in it."""
        return sum(slot.taken if slot.closed_at else slot.capacity for slot in self.slots)


@dataclass(frozen=True)
class Row:
    """One line of the week view: the slots that begin at a time, None on days without one."""

    time: dt.time
    cells: Sequence[tuple[Day, Slot | None]]


@dataclass(frozen=True)
class Week:
    """Monday to Sunday of a group at a place."""

    monday: dt.date
    days: Sequence[Day] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """Every time at which anything begins, with the slot of each day."""
        at = {(day.date, _time(slot)): slot for day in self.days for slot in day.slots}
        times = sorted({time for _, time in at})
        return [Row(time, [(day, at.get((day.date, time))) for day in self.days]) for time in times]

    @property
    def sunday(self) -> dt.date:
        return self.monday + dt.timedelta(days=WEEK - 1)

    @property
    def before(self) -> dt.date:
        return self.monday - dt.timedelta(days=WEEK)

    @property
    def after(self) -> dt.date:
        return self.monday + dt.timedelta(days=WEEK)


def _time(slot: Slot) -> dt.time:
    return timezone.localtime(slot.starts_at).time()


def editable_groups(user: User | AnonymousUser) -> QuerySet[ServiceGroup]:
    """Groups whose supply a person may change: of departments where a role of theirs says so; an administrator all."""
    scope = scope_of(user)
    groups = ServiceGroup.objects.filter(is_active=True).order_by("position", "key")
    if scope.is_administrator:
        return groups
    holding = [
        department
        for department, roles in scope.roles_in.items()
        if any(CHANGE_SUPPLY in ROLE_PERMISSIONS.get(role, frozenset()) for role in roles)
    ]
    return groups.filter(department__in=holding)


def places_of(group: ServiceGroup) -> QuerySet[Place]:
    """Places in use where the group offers a service, or has hours."""
    places = Place.objects.filter(is_active=True)
    offered = Q(offers__service__group=group) | Q(rules__group=group)
    return places.filter(offered).distinct().order_by("position", "key")


def groups_with_places(user: User | AnonymousUser) -> list[tuple[ServiceGroup, list[Place]]]:
    """Groups a person may change, each with the places it serves. Four queries."""
    groups = list(editable_groups(user).select_related("department"))
    offered = Place.objects.filter(is_active=True, offers__service__group__in=groups)
    ruled = Place.objects.filter(is_active=True, rules__group__in=groups)
    found: dict[int, set[int]] = {}
    for rows, path in ((offered, "offers__service__group"), (ruled, "rules__group")):
        for group_id, place_id in rows.order_by().values_list(path, "pk").distinct():
            found.setdefault(group_id, set()).add(place_id)
    places = list(Place.objects.filter(is_active=True).order_by("position", "key"))
    return [(group, [place for place in places if place.pk in found.get(group.pk, ())]) for group in groups]


def may_close_place(user: User, place: Place) -> bool:
    """Whether everything that is served at a place is this person's to change."""
    here = Q(Exists(OpeningRule.objects.filter(place=place, group=OuterRef("pk"))))
    here |= Q(Exists(Slot.objects.filter(place=place, group=OuterRef("pk"))))
    others = ServiceGroup.objects.filter(here).exclude(pk__in=editable_groups(user).order_by().values("pk"))
    return not others.exists()


def week(*, group: ServiceGroup, place: Place, monday: dt.date) -> Week:
    """The week of a day: slots that are open, or closed with somebody in them. Three queries."""
    monday -= dt.timedelta(days=monday.weekday())
    dates = [monday + dt.timedelta(days=number) for number in range(WEEK)]
    closed = closed_between(dates[0], dates[-1])
    exceptions = exceptions_of(group, place).filter(date__range=(dates[0], dates[-1]))
    slots = Slot.objects.filter(group=group, place=place, business_day__range=(dates[0], dates[-1]))
    shown = slots.filter(Q(closed_at__isnull=True) | Q(taken__gt=0)).order_by("starts_at")
    by_day, dated = _by_day(shown), list(exceptions)
    return Week(
        monday,
        [
            Day(date, closed.get(date, ""), [one for one in dated if one.date == date], by_day.get(date, []))
            for date in dates
        ],
    )


def _by_day(slots: Iterable[Slot]) -> dict[dt.date, list[Slot]]:
    found: dict[dt.date, list[Slot]] = {}
    for slot in slots:
        found.setdefault(slot.business_day, []).append(slot)
    return found


def rules_of(group: ServiceGroup, place: Place, *, on: dt.date) -> QuerySet[OpeningRule]:
    """Rules that hold on a day or later, breaks after hours."""
    rules = OpeningRule.objects.filter(group=group, place=place)
    return rules.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on)).order_by("-kind", "from_time", "id")


def exceptions_of(group: ServiceGroup, place: Place) -> QuerySet[OpeningException]:
    """Dated exceptions of the group, and those of its whole place."""
    rows = OpeningException.objects.filter(Q(group=group) | Q(group__isnull=True), place=place)
    return rows.order_by("date", "from_time", "id")


def history(*, group: ServiceGroup, place: Place) -> QuerySet[SupplyEvent]:
    """What was changed for a group at a place, newest first: also for the whole place, and for the group everywhere."""
    here = Q(group=group, place=place) | Q(group__isnull=True, place=place) | Q(group=group, place__isnull=True)
    return SupplyEvent.objects.filter(here).select_related("actor", "group", "place")


def must_move(user: User | AnonymousUser, *, now: dt.datetime | None = None) -> list[Reservation]:
    """Whoever has a time that is not there any more in groups the person may change, told or not, by their start.

    `must_move_since` says who was told. Two queries, beside those of the person's roles.
    """
    moment = now or timezone.now()
    groups = editable_groups(user).order_by()
    slots = Slot.objects.filter(group__in=groups, business_day__gte=local_date(moment))
    return displaced_of(slots, now=moment)


def displaced_on(
    *, group: ServiceGroup | None, place: Place, day: dt.date, now: dt.datetime | None = None
) -> list[Reservation]:
    """The same for one day of a group, or of everything at the place."""
    slots = Slot.objects.filter(place=place, business_day=day)
    return displaced_of(slots.filter(group=group) if group is not None else slots, now=now or timezone.now())


def booked_on(*, group: ServiceGroup, place: Place, day: dt.date) -> int:
    """How many reservations closing the day would end. What a cancelled one still keeps of a slot is nobody's."""
    return Reservation.objects.filter(group=group, place=place, business_day=day, state=ReservationState.BOOKED).count()


def slot_at(*, group: ServiceGroup, place: Place, starts_at: dt.datetime) -> Slot | None:
    """The one slot that begins at a moment."""
    return Slot.objects.filter(group=group, place=place, starts_at=starts_at).first()
