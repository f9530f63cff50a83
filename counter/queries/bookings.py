"""The bookings a prefill can be brought to: those somebody has, and those its procedures lead to."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from applications.models import Procedure
from cityhall.models import User
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

    None named: the one way that leads to the list of all services. Two queries.
    """
    named = dict(Procedure.objects.filter(pk__in=[one.pk for one in procedures]).values_list("pk", "visit_service"))
    services = {one.pk: one for one in bookable_services().filter(pk__in={pk for pk in named.values() if pk})}
    groups: dict[int, list[Procedure]] = {}
    for procedure in procedures:
        service = services.get(named.get(procedure.pk) or 0)
        if service is not None:
            groups.setdefault(service.group_id, []).append(procedure)
    ways = [BookingWay(_services(found, named, services), tuple(found)) for found in groups.values()]
    return ways or [BookingWay(procedures=tuple(procedures))]


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
