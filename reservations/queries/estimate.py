"""How long somebody waits: learned serving times, the desks actually open, and who is ahead, as a range."""

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from cityhall.days import local_date
from reservations.enums import TicketState
from reservations.models import Desk, Place, Service, ServiceOffer, ServiceTime, Ticket

# fewer served tickets than this teach nothing: the minutes staff typed in are used
_LEAST_SERVED = 5
_LOW, _HIGH = 0.8, 1.2


@dataclass(frozen=True)
class Range:
    """From `low` to `high` seconds."""

    low: int
    high: int

    @property
    def low_minutes(self) -> int:
        return self.low // 60

    @property
    def high_minutes(self) -> int:
        return math.ceil(self.high / 60)


@dataclass(frozen=True)
class _Load:
    """What the wait for a service follows from."""

    seconds: float
    desks: int
    waiting: int


def forecast(*, place: Place, service: Service, now: dt.datetime | None = None, ahead: int | None = None) -> Range:
    """The wait of somebody with `ahead` people before them; without it, of who takes a ticket now. Four queries."""
    return forecast_all(place=place, services=[service], now=now, ahead=ahead)[service.pk]


def forecast_all(
    *, place: Place, services: Sequence[Service], now: dt.datetime | None = None, ahead: int | None = None
) -> dict[int, Range]:
    """The wait for each service by its id, with as many queries as for one."""
    moment = now or timezone.now()
    return {pk: _range(load, ahead) for pk, load in _loads(place, services, moment).items()}


def _range(load: _Load, ahead: int | None) -> Range:
    """Desks finish one after the other: the first `desks` people find one that becomes free at once, or after all."""
    before = load.waiting if ahead is None else ahead
    step = load.seconds / load.desks
    low = max(before + 1 - load.desks, 0) * step * _LOW
    return Range(low=round(low), high=round((before + 1) * step * _HIGH))


def _loads(place: Place, services: Sequence[Service], now: dt.datetime) -> dict[int, _Load]:
    pks = [service.pk for service in services]
    seconds = _serving_seconds(place, services, now)
    desks = _open_desks(place, pks)
    rows = Ticket.objects.filter(place=place, business_day=local_date(now), state=TicketState.WAITING)
    waiting = dict(rows.values_list("group_id").annotate(times=Count("pk")).order_by())
    return {
        service.pk: _Load(
            seconds=seconds[service.pk],
            desks=max(desks.get(service.pk, 1), 1),
            waiting=waiting.get(service.group_id, 0),
        )
        for service in services
    }


def _serving_seconds(place: Place, services: Sequence[Service], now: dt.datetime) -> Mapping[int, float]:
    """Learned for the hour, else what staff typed in for the place, else for the service."""
    pks = [service.pk for service in services]
    typed = dict(ServiceOffer.objects.filter(place=place, service__in=pks).values_list("service_id", "minutes"))
    seconds = {service.pk: float((typed.get(service.pk) or service.minutes) * 60) for service in services}
    learned = ServiceTime.objects.filter(place=place, service__in=pks, served__gte=_LEAST_SERVED)
    hour = timezone.localtime(now).hour
    seconds.update(learned.filter(hour=hour).values_list("service_id", "mean_seconds"))
    return seconds


def _open_desks(place: Place, service_ids: Collection[int]) -> dict[int, int]:
    """Desks with a clerk who is not on a break; all desks of the service while none is open yet."""
    open_now = Q(sessions__ended_at=None, sessions__break_since=None, sessions__isnull=False)
    desks = Desk.objects.filter(place=place, is_active=True, services__in=service_ids).values_list("services")
    counted = desks.annotate(open=Count("pk", filter=open_now, distinct=True), every=Count("pk", distinct=True))
    return {pk: open_desks or every for pk, open_desks, every in counted.order_by()}
