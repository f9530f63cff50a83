"""The bookings a prefill can be brought to: those somebody has, and those its procedures lead to."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from applications.models import Procedure
from cityhall.days import today
from cityhall.enums import GrantedRightKind
from cityhall.models import GrantedRight, User
from counter.models import Prefill
from reservations.enums import ReservationState, SupplyKind, Variant
from reservations.models import Reservation, Service, ServiceGroup
from reservations.queries.choices import bookable_services
from reservations.queries.own import WITH, own_reservations


@dataclass(frozen=True)
class BookingWay:
    """One booking that can be made: services of one group, for these procedures. `group` is None where nobody knows."""

    services: tuple[Service, ...] = ()
    procedures: tuple[Procedure, ...] = ()

    @property
    def group(self) -> ServiceGroup | None:
        return self.services[0].group if self.services else None

    @property
    def url(self) -> str:
        """Where booking begins: with all the services chosen, when there are several."""
        if not self.services:
            return reverse("reservations:booking_start")
        first, *others = self.services
        address = reverse("reservations:booking_service", args=[first.key])
        if not others:
            return address
        return f"{address}?{urlencode([('go', '1'), ('people', '1'), *(('also', one.key) for one in others)])}"


def booking_ways(procedures: Sequence[Procedure]) -> list[BookingWay]:
    """One way for each group of services that the city has named for these procedures, in their order.

    A desk that receives all of them (one-stop) is the one way. None named: the one that leads to the list of all
    services. Three queries.
    """
    named = dict(Procedure.objects.filter(pk__in=[one.pk for one in procedures]).values_list("pk", "visit_service"))
    services = {one.pk: one for one in bookable_services().filter(pk__in={pk for pk in named.values() if pk})}
    groups: dict[int, list[Procedure]] = {}
    for procedure in procedures:
        service = services.get(named.get(procedure.pk) or 0)
        if service is not None:
            groups.setdefault(service.group_id, []).append(procedure)
    ways = [BookingWay(_services(found, named, services), tuple(found)) for found in groups.values()]
    is_of_several = len({one.department_id for one in procedures}) > 1
    if len(ways) > 1 and is_of_several and (at_once := _one_stop(ways, procedures)):
        return [at_once]
    return ways or [BookingWay(procedures=tuple(procedures))]


def _one_stop(ways: Sequence[BookingWay], procedures: Sequence[Procedure]) -> BookingWay | None:
    """The first way to a department that receives every one of these procedures. One query."""
    departments = {way.group.department_id for way in ways if way.group}
    rows = GrantedRight.objects.in_force(today()).filter(to_department__in=departments)
    rows = rows.filter(kind=GrantedRightKind.RECEPTION)
    granted = set(rows.values_list("to_department", "from_department", "procedure_key"))
    for way in ways:
        desk = way.group.department_id if way.group else None
        if all(_receives(desk, one, granted) for one in procedures):
            return replace(way, procedures=tuple(procedures))
    return None


def _receives(desk: int | None, procedure: Procedure, granted: Collection[tuple[int, int, str]]) -> bool:
    owner = procedure.department_id
    keys = [procedure.key, ""] if procedure.takes_public else [procedure.key]
    return desk == owner or any((desk, owner, key) in granted for key in keys)


def own_bookings(user: User | None, held: Mapping[str, int], now: dt.datetime) -> list[Reservation]:
    """Visits to come that are this person's, or that this browser was shown, without a code brought to them yet.

    `held` is what `cityhall.guests` knows: public id and version of the secret. Two queries.
    """
    shown = Reservation.objects.filter(public_id__in=held).select_related(*WITH)
    rows = [row for row in _free(shown, now) if held[row.public_id] == row.secret_version]
    if user is not None:
        rows += list(_free(own_reservations(user), now))
    return sorted({row.pk: row for row in rows}.values(), key=lambda row: (row.starts_at, row.pk))


def booking_of(prefill: Prefill, now: dt.datetime | None = None) -> Reservation | None:
    """The booking to come to with this prefill, as it stands now: moved ones have their new time."""
    return prefill.reservation if is_still_to_come(prefill, now or timezone.now()) else None


def is_still_to_come(prefill: Prefill, now: dt.datetime) -> bool:
    """Whether the booking of a prefill is one to come to."""
    row = prefill.reservation
    return row is not None and row.state == ReservationState.BOOKED and row.ends_at > now


def _free(rows: QuerySet[Reservation], now: dt.datetime) -> Iterable[Reservation]:
    rows = rows.filter(state=ReservationState.BOOKED, variant=Variant.ON_SITE, ends_at__gt=now, is_practice=False)
    return rows.filter(Q(brought_lookup=None), group__kind=SupplyKind.COUNTER)


def _services(
    procedures: Sequence[Procedure], named: Mapping[int, int | None], services: Mapping[int, Service]
) -> tuple[Service, ...]:
    """Each service once, in the order of the procedures."""
    pks = dict.fromkeys(pk for one in procedures if (pk := named[one.pk]))
    return tuple(services[pk] for pk in pks)
