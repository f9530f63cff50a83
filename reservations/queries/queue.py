"""Who waits, in what order, and who is being called."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from cityhall.days import is_business_day, local_date
from reservations.enums import ExceptionKind, TicketState
from reservations.errors import ServiceClosed
from reservations.memory import Memory
from reservations.mixing import Shares, Turns, Waiting, count_turns, in_order
from reservations.models import (
    Desk,
    DeskSession,
    Display,
    Kiosk,
    OpeningException,
    OpeningRule,
    Place,
    Service,
    ServiceGroup,
    ServiceOffer,
    Ticket,
    TicketCounter,
)
from reservations.queries import estimate
from reservations.supply.planning import gives_tickets_at

# who was called and did not come is left alone so long
RECENT = dt.timedelta(minutes=5)
NEAR = 2
"""So few people ahead are near: the page says so, and the mail goes out."""
AT_DESK = (TicketState.CALLED, TicketState.SERVING)


@dataclass(frozen=True)
class Position:
    """Where a ticket stands: so many are called before it, and the wait in minutes as a range."""

    ahead: int
    low_minutes: int
    high_minutes: int


@dataclass(frozen=True)
class Present:
    """How it is now for somebody who takes a ticket for a service.

    `waiting` come for the service itself, `in_line` for any of those that share its desks: the wait follows from these.
    """

    service: Service
    waiting: int
    in_line: int
    low_minutes: int
    high_minutes: int
    is_open: bool
    is_staffed: bool

    @property
    def has_range(self) -> bool:
        """Whether minutes can be told: where nobody waits and nobody serves yet, they would frighten for nothing."""
        return self.is_open and (self.in_line > 0 or self.is_staffed)

    @property
    def light(self) -> str:
        """The colour of the traffic light; "closed" outside the hours."""
        if not self.is_open:
            return "closed"
        return _light(self.high_minutes) if self.has_range else "green"


_KEPT_SECONDS: Final = 2.0
_present: Memory[list[Present]] = Memory(_KEPT_SECONDS)
_shares: Memory[dict[int, Shares]] = Memory(_KEPT_SECONDS)


def tickets_today(place: Place, now: dt.datetime) -> QuerySet[Ticket]:
    return Ticket.objects.filter(place=place, business_day=local_date(now))


def need_open(
    *, place: Place, service: Service, kiosk: Kiosk | None = None, is_staff: bool = False, now: dt.datetime
) -> None:
    """Raises ServiceClosed unless a ticket for the service can be given at the place now; staff decide on the hours.

    Without a kiosk it is somebody's phone: as many tickets as the kiosks of the place would give.
    """
    if not _gives_tickets(place, service):
        raise ServiceClosed
    if is_staff:
        return
    if not _is_open(place, service.group, now):
        raise ServiceClosed
    if not (_phone_gives(place, service, now) if kiosk is None else _kiosk_gives(kiosk, service, now)):
        raise ServiceClosed


def given_now(kiosk: Kiosk, services: Iterable[Service], now: dt.datetime) -> list[Service]:
    """Those of services of its place that a machine gives tickets for now. Three queries, one more for each that is
    limited."""
    asked = list(services)
    is_open = _open_groups(kiosk.place, {one.group_id for one in asked}, now)
    return [one for one in asked if one.group_id in is_open and _kiosk_gives(kiosk, one, now)]


def _gives_tickets(place: Place, service: Service) -> bool:
    group = service.group
    if not (place.is_active and service.is_active and group.is_active and group.has_tickets and group.letter):
        return False
    return ServiceOffer.objects.filter(place=place, service=service, is_active=True, is_on_site=True).exists()


def _is_open(place: Place, group: ServiceGroup, now: dt.datetime) -> bool:
    return group.pk in _open_groups(place, [group.pk], now)


def _open_groups(place: Place, group_ids: Iterable[int], now: dt.datetime) -> set[int]:
    """Those that are not closed by an exception, and within their hours at the place. Three queries.

    Where a group has no hours it is open on business days, and on days opened by an exception.
    """
    day, ids = local_date(now), set(group_ids)
    rules: defaultdict[int, list[OpeningRule]] = defaultdict(list)
    dated: defaultdict[int | None, list[OpeningException]] = defaultdict(list)
    for rule in OpeningRule.objects.filter(place=place, group__in=ids):
        rules[rule.group_id].append(rule)
    for exception in OpeningException.objects.filter(place=place, date=day):
        dated[exception.group_id].append(exception)
    is_closed = not is_business_day(day)
    return {pk for pk in ids if _gives_at(now, rules[pk], dated[None] + dated[pk], is_closed=is_closed)}


def _gives_at(
    now: dt.datetime, rules: list[OpeningRule], exceptions: list[OpeningException], *, is_closed: bool
) -> bool:
    clock = timezone.localtime(now).time()
    if any(one.kind == ExceptionKind.CLOSED and _covers(one, clock) for one in exceptions):
        return False
    if not rules:
        return not is_closed or any(one.kind == ExceptionKind.OPEN for one in exceptions)
    return gives_tickets_at(now, rules=rules, exceptions=exceptions, is_closed=is_closed)


def _covers(exception: OpeningException, clock: dt.time) -> bool:
    """Whether it is about this time of its day; without times it is about the whole day."""
    if exception.from_time is None or exception.until_time is None:
        return True
    return exception.from_time <= clock < exception.until_time


def _kiosk_gives(kiosk: Kiosk, service: Service, now: dt.datetime) -> bool:
    clock = timezone.localtime(now).time()
    if (kiosk.opens_at and clock < kiosk.opens_at) or (kiosk.closes_at and clock >= kiosk.closes_at):
        return False
    return _is_below(kiosk.daily_limit, kiosk.place_id, service.group, now)


def _phone_gives(place: Place, service: Service, now: dt.datetime) -> bool:
    """While one of the kiosks that offer the service would; a kiosk without services of its own offers all."""
    kiosks = Kiosk.objects.filter(place=place, is_active=True).filter(Q(services=None) | Q(services=service))
    limits = set(kiosks.values_list("daily_limit", flat=True))
    return not limits or 0 in limits or _is_below(max(limits), place.pk, service.group, now)


def _is_below(limit: int, place_id: int, group: ServiceGroup, now: dt.datetime) -> bool:
    """Whether fewer tickets of the group were given today than the limit; 0 is none."""
    if not limit:
        return True
    counters = TicketCounter.objects.filter(place_id=place_id, business_day=local_date(now), letter=group.letter)
    return not counters.filter(last__gte=limit).exists()


def turns_today(place: Place, group_ids: Collection[int], now: dt.datetime) -> Turns:
    """How the calls of the day went for which several kinds of people waited. One query."""
    called = tickets_today(place, now).filter(group__in=group_ids).exclude(called_among="")
    rows = called.values_list("priority", "called_among").annotate(times=Count("pk")).order_by()
    return count_turns(rows)


def shares_of(group_ids: Collection[int]) -> dict[int, Shares]:
    """At most two seconds old."""
    shares = _shares.get("all", _read_shares)
    if not shares.keys() >= set(group_ids):
        shares = _read_shares()
    return {pk: shares[pk] for pk in group_ids}


def _read_shares() -> dict[int, Shares]:
    rows = ServiceGroup.objects.order_by().values_list("pk", "appointment_share", "priority_share")
    return {pk: Shares(appointment, priority) for pk, appointment, priority in rows}


def callable_now(tickets: QuerySet[Ticket], now: dt.datetime) -> QuerySet[Ticket]:
    """Those of the waiting who are in the hall: not away, not called a moment ago without coming."""
    return (
        tickets.filter(state=TicketState.WAITING)
        .exclude(away_until__gt=now)
        .exclude(called_at__gt=now - RECENT)
        .order_by("order_at", "id")
    )


def for_desk(desk: Desk, now: dt.datetime) -> QuerySet[Ticket]:
    """The day's tickets a desk may call: of its services and not meant for another desk that is open, or sent here."""
    elsewhere = DeskSession.objects.filter(desk=OuterRef("for_desk"), ended_at=None)
    own_services = Service.objects.filter(desks=desk).values("pk")
    return tickets_today(desk.place, now).filter(
        Q(for_desk=desk) | (Q(service__in=own_services) & (Q(for_desk=None) | ~Exists(elsewhere)))
    )


def next_for(desk: Desk, now: dt.datetime, *, most: int) -> list[tuple[Waiting, str]]:
    """The first `most` of those the desk could call, in the order of the mix, each with the kinds that wait.

    Read are as many of each kind as could stand there, not the whole hall. One query where one kind waits, else two,
    and one in two seconds for the shares.
    """
    tickets = callable_now(for_desk(desk, now), now)
    place_in_kind = Window(RowNumber(), partition_by=F("priority"), order_by=("order_at", "id"))
    first = tickets.annotate(place_in_kind=place_in_kind).filter(place_in_kind__lte=most)
    return list(islice(_mixed(desk.place, first, now, whole=tickets), most))


def waiting(place: Place, groups: Iterable[ServiceGroup], now: dt.datetime | None = None) -> list[Ticket]:
    """Who waits for the groups, in the order of being called; who is away or was just called comes last."""
    moment = now or timezone.now()
    tickets = tickets_today(place, moment).filter(group__in=list(groups), state=TicketState.WAITING)
    rows = {ticket.pk: ticket for ticket in tickets.select_related("service", "group").order_by("order_at", "id")}
    order = [one.pk for one, _among in _mixed(place, callable_now(tickets, moment), moment)]
    return [rows.pop(pk) for pk in order if pk in rows] + list(rows.values())


def _mixed(
    place: Place, tickets: QuerySet[Ticket], now: dt.datetime, *, whole: QuerySet[Ticket] | None = None
) -> Iterator[tuple[Waiting, str]]:
    """`whole`: everybody in line, where `tickets` are the first of them; whose calls count follows from all."""
    rows = _rows_of(tickets)
    if len({one.priority for one in rows}) < 2:
        # nothing to mix
        return in_order(rows, shares={}, turns=Turns(), now=now)
    if whole is None:
        group_ids = {one.group_id for one in rows}
    else:
        group_ids = set(whole.order_by().values_list("group_id", flat=True).distinct())
    return in_order(rows, shares=shares_of(group_ids), turns=turns_today(place, group_ids, now), now=now)


def _rows_of(tickets: QuerySet[Ticket]) -> list[Waiting]:
    return [Waiting(*row) for row in tickets.values_list("pk", "revision", "group_id", "priority", "order_at")]


def position(ticket: Ticket, now: dt.datetime | None = None) -> Position:
    """How many of its group are called before the ticket, and how long that takes. Nobody is ahead once it is called.

    A person who is away keeps the place they would have. Who is first while no desk is open yet is told no minutes, as
    the page before the ticket tells none (`Present.has_range`).
    """
    moment = now or timezone.now()
    if ticket.state != TicketState.WAITING:
        return Position(0, 0, 0)
    ahead = aheads(ticket.place, ticket.group, [ticket], moment)[ticket.pk]
    told = estimate.forecast(place=ticket.place, service=ticket.service, now=moment, ahead=ahead)
    if not ahead and not told.is_staffed:
        return Position(0, 0, 0)
    return Position(ahead, told.low_minutes, told.high_minutes)


def aheads(place: Place, group: ServiceGroup, tickets: Iterable[Ticket], now: dt.datetime) -> dict[int, int]:
    """By id, how many are called before each of these waiting tickets of the group. Three queries for any number.

    A person who is away keeps the place they would have.
    """
    in_hall = _rows_of(callable_now(tickets_today(place, now).filter(group=group), now))
    shares, turns = shares_of([group.pk]), turns_today(place, [group.pk], now)

    def order(rows: Iterable[Waiting]) -> dict[int, int]:
        ordered = in_order(rows, shares=shares, turns=turns, now=now)
        return {one.pk: ahead for ahead, (one, _among) in enumerate(ordered)}

    found = order(in_hall)
    for ticket in tickets:
        if ticket.pk not in found:
            self_only = Waiting(ticket.pk, ticket.revision, group.pk, ticket.priority, ticket.order_at)
            with_it = sorted([*in_hall, self_only], key=lambda one: (one.order_at, one.pk))
            found[ticket.pk] = order(with_it)[ticket.pk]
    return found


def calls(display: Display, now: dt.datetime | None = None) -> list[Ticket]:
    """The last calls a display shows, the newest first; who waits again, at a desk or in the queue, is no call."""
    moment = now or timezone.now()
    called = tickets_today(display.place, moment).filter(called_at__isnull=False)
    shown = called.exclude(state__in=[TicketState.WAITING, TicketState.PARKED])
    groups = [group.pk for group in display.groups.all()]
    if groups:
        shown = shown.filter(group__in=groups)
    return list(shown.select_related("desk").order_by("-called_at", "-id")[: display.shown_calls])


def at_desk(desk: Desk) -> Ticket | None:
    """Who is called to the desk or served there."""
    return (
        Ticket.objects.select_related("place", "service", "group", "reservation", "desk")
        .filter(desk=desk, state__in=AT_DESK)
        .first()
    )


def present(place: Place, now: dt.datetime | None = None) -> list[Present]:
    """How it is now at a place, per service that gives tickets. It tells no person.

    Screens, phones and the public page share it for two seconds; with `now` it is made for that moment and not kept.
    """
    if now is None:
        return _present.get(place.pk, lambda: _read_present(place, timezone.now()))
    return _read_present(place, now)


def _read_present(place: Place, moment: dt.datetime) -> list[Present]:
    offers = ServiceOffer.objects.filter(
        place=place, is_active=True, is_on_site=True, service__is_active=True, service__group__is_active=True
    ).filter(service__group__has_tickets=True)
    counts = tickets_today(place, moment).filter(state=TicketState.WAITING).values_list("service_id")
    waiting_by_service = dict(counts.annotate(times=Count("pk")).order_by())
    services = [offer.service for offer in offers.select_related("service__group").order_by("service__position")]
    ranges = estimate.forecast_all(place=place, services=services, now=moment)
    in_line: Counter[int] = Counter()
    for service in services:
        in_line[service.group_id] += waiting_by_service.get(service.pk, 0)
    open_groups = _open_groups(place, in_line, moment)
    seats = DeskSession.objects.filter(desk__place=place, ended_at=None, break_since=None)
    staffed = set(seats.values_list("desk__services", flat=True))
    return [
        Present(
            service=service,
            waiting=waiting_by_service.get(service.pk, 0),
            in_line=in_line[service.group_id],
            low_minutes=ranges[service.pk].low_minutes,
            high_minutes=ranges[service.pk].high_minutes,
            is_open=service.group_id in open_groups,
            is_staffed=service.pk in staffed,
        )
        for service in services
    ]


def _light(minutes: int) -> str:
    if minutes <= 15:
        return "green"
    return "yellow" if minutes <= 40 else "red"
