"""How long somebody waits: learned serving times, the desks open now and how far they are, and who is ahead."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from cityhall.days import local_date
from reservations.enums import TicketState
from reservations.models import Desk, DeskSession, Place, Service, ServiceOffer, ServiceTime, Ticket
from reservations.waits import WAY, Serving, wait_range

# fewer served tickets than this teach nothing: the minutes staff typed in are used
_LEAST_SERVED = 5
# of a serving time that was typed in: visits of one service differ by about half of what they take
_TYPED_SPREAD = 0.5


@dataclass(frozen=True)
class Range:
    """From `low` to `high` seconds; both 0 when a desk is idle. `is_staffed`: whether a desk is open at all."""

    low: int
    high: int
    is_staffed: bool = True

    @property
    def low_minutes(self) -> int:
        return self.low // 60

    @property
    def high_minutes(self) -> int:
        return math.ceil(self.high / 60)


@dataclass(frozen=True)
class _Load:
    """What the wait for a service follows from."""

    serving: Serving
    free_in: Sequence[float]
    waiting: int
    is_staffed: bool


def forecast(*, place: Place, service: Service, now: dt.datetime | None = None, ahead: int | None = None) -> Range:
    """The wait of somebody with `ahead` people before them; without it, of who takes a ticket now. Five queries."""
    return forecast_all(place=place, services=[service], now=now, ahead=ahead)[service.pk]


def forecast_all(
    *, place: Place, services: Sequence[Service], now: dt.datetime | None = None, ahead: int | None = None
) -> dict[int, Range]:
    """The wait for each service by its id, with as many queries as for one."""
    moment = now or timezone.now()
    loads = _loads(place, services, moment)
    return {
        pk: Range(*wait_range(load.free_in, load.waiting if ahead is None else ahead, load.serving), load.is_staffed)
        for pk, load in loads.items()
    }


@dataclass(frozen=True)
class _Hall:
    """What is known of a place: what each service takes, who is at which desk since when, and who waits for what."""

    times: Mapping[int, Serving]
    at_desk: Mapping[int, tuple[int, dt.datetime | None]]
    waiting: Mapping[int, Mapping[int, int]]
    now: dt.datetime

    def load(self, service: Service, desks: Sequence[tuple[int, bool]]) -> _Load:
        own = self.times.get(service.pk, _typed(service.minutes))
        queue = self.waiting.get(service.group_id, {})
        free_in = [self._free_in(desk, is_open, own) for desk, is_open in desks]
        # without any desk, as if one opened soon
        is_staffed = any(is_open for _desk, is_open in desks)
        return _Load(_mixed(own, queue, self.times), free_in or [own.mean], sum(queue.values()), is_staffed)

    def _free_in(self, desk: int, is_open: bool, own: Serving) -> float:
        """When a desk can call: at once, after who sits there, or, where nobody works yet, after some time."""
        if not is_open:
            return own.mean
        if desk not in self.at_desk:
            return 0
        service, called_at = self.at_desk[desk]
        elapsed = (self.now - called_at).total_seconds() if called_at else 0
        return self.times.get(service, own).left(elapsed)


def _loads(place: Place, services: Sequence[Service], now: dt.datetime) -> dict[int, _Load]:
    today = Ticket.objects.filter(place=place, business_day=local_date(now))
    queued = today.filter(state=TicketState.WAITING).values_list("group_id", "service_id")
    waiting: dict[int, dict[int, int]] = defaultdict(dict)
    for group, service, count in queued.annotate(times=Count("pk")).order_by():
        waiting[group][service] = count
    at_desks = today.filter(state__in=[TicketState.CALLED, TicketState.SERVING], desk__isnull=False)
    hall = _Hall(
        times=_serving_times(place, {service.group_id for service in services}, now),
        at_desk={
            desk: (service, called) for desk, service, called in at_desks.values_list("desk", "service", "called_at")
        },
        waiting=waiting,
        now=now,
    )
    desks = _desks(place, services)
    return {service.pk: hall.load(service, desks.get(service.pk, [])) for service in services}


def _mixed(own: Serving, queue: Mapping[int, int], times: Mapping[int, Serving]) -> Serving:
    """What the people of a queue take on average; what one comes for oneself when nobody waits."""
    people = [(count, times.get(service, own)) for service, count in queue.items()]
    total = sum(count for count, _serving in people)
    if not total:
        return own
    mean = sum(count * one.mean for count, one in people) / total
    square = sum(count * (one.spread**2 + one.mean**2) for count, one in people) / total
    return Serving(mean, math.sqrt(max(square - mean**2, 0)))


def _serving_times(place: Place, groups: Iterable[int], now: dt.datetime) -> dict[int, Serving]:
    """By service: learned for the hour, else what staff typed in for the place, else for the service."""
    offers = ServiceOffer.objects.filter(place=place, service__group__in=groups)
    rows = offers.values_list("service_id", "minutes", "service__minutes")
    times = {service: _typed(here or everywhere) for service, here, everywhere in rows}
    learned = ServiceTime.objects.filter(place=place, service__group__in=groups, served__gte=_LEAST_SERVED)
    hour = timezone.localtime(now).hour
    for service, mean, spread in learned.filter(hour=hour).values_list("service", "mean_seconds", "spread_seconds"):
        times[service] = Serving(mean + WAY, spread)
    return times


def _typed(minutes: int) -> Serving:
    return Serving(minutes * 60 + WAY, minutes * 60 * _TYPED_SPREAD)


def _desks(place: Place, services: Sequence[Service]) -> Mapping[int, list[tuple[int, bool]]]:
    """By service: desks with a clerk who is not on a break; all desks of the service while none is open yet."""
    sessions = DeskSession.objects.filter(desk=OuterRef("pk"), ended_at=None, break_since=None)
    rows = Desk.objects.filter(place=place, is_active=True, services__in=[service.pk for service in services])
    every: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for service, desk, is_open in rows.values_list("services", "pk", Exists(sessions)).order_by():
        every[service].append((desk, is_open))
    return {pk: [row for row in found if row[1]] or found for pk, found in every.items()}
