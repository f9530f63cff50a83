"""What a clerk sees at a desk: who is there, who waits, who is at the other desks, and whether somebody needs help."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Avg, Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from cityhall.days import local_date
from cityhall.models import User
from reservations.enums import Priority, TicketState
from reservations.hall.languages import LANGUAGES
from reservations.mixing import Shares, Turns, Waiting
from reservations.models import Desk, DeskAlarm, DeskSession, Service, Ticket, TicketPeriod
from reservations.queries.queue import (
    AT_DESK,
    RECENT,
    at_desk,
    callable_now,
    for_desk,
    next_for,
    shares_of,
    tickets_today,
    turns_today,
)
from reservations.queries.scope import in_charge, is_in_charge

# a clerk looks at the next few; the others are a number
_MOST_ROWS = 30
_OF_TICKET = ("service", "group", "place", "desk", "for_desk", "clerk")


@dataclass(frozen=True)
class Row:
    """One line of a list: a ticket, how long the person has been here, and why they are not next.

    `knows_person`: whether the name and what they wrote are shown, which needs a right to the department's bookings.
    """

    ticket: Ticket
    now: dt.datetime
    is_next: bool = False
    knows_person: bool = False

    @property
    def minutes(self) -> int:
        return max(int((self.now - self.ticket.issued_at).total_seconds()), 0) // 60

    @property
    def is_away(self) -> bool:
        return self.ticket.away_until is not None and self.ticket.away_until > self.now

    @property
    def was_just_called(self) -> bool:
        called_at = self.ticket.called_at
        return called_at is not None and called_at > self.now - RECENT

    @property
    def is_priority(self) -> bool:
        return self.ticket.priority == Priority.HIGH

    @property
    def language(self) -> str:
        """The name of the language somebody reads, in that language."""
        return LANGUAGES.get(self.ticket.language, self.ticket.language)

    @property
    def is_appointment(self) -> bool:
        return self.ticket.appointment_at is not None


@dataclass(frozen=True)
class DayCount:
    """What a clerk did today: people served, and the mean time of serving in minutes (None before the first)."""

    served: int
    mean_minutes: int | None


@dataclass(frozen=True)
class Why:
    """Of so many calls for which others waited too, so many went to one kind; and how many percent that should be."""

    kind: str
    given: int
    calls: int
    share: int


def _why(turns: Turns, shares: Shares) -> Iterator[Why]:
    if turns.of_high:
        yield Why(str(Priority.HIGH.label), turns.high, turns.of_high, shares.priority)
    if turns.of_appointment:
        yield Why(str(Priority.APPOINTMENT.label), turns.appointment, turns.of_appointment, shares.appointment)


class DeskPage:
    """All that the page of one desk shows. Each part is read once, when the template asks for it."""

    def __init__(self, session: DeskSession, now: dt.datetime | None = None) -> None:
        self.session, self.desk, self.place = session, session.desk, session.desk.place
        self.now = now or timezone.now()

    @cached_property
    def ticket(self) -> Ticket | None:
        """Who is at the desk."""
        return at_desk(self.desk)

    @property
    def serving(self) -> Row | None:
        return row_for(self.session.user, self.ticket, self.now) if self.ticket is not None else None

    @cached_property
    def since(self) -> dt.datetime | None:
        """Since when the person at the desk is in their present state."""
        if self.ticket is None:
            return None
        return TicketPeriod.objects.filter(ticket=self.ticket, until_at=None).values_list("from_at", flat=True).first()

    @cached_property
    def _order(self) -> list[Waiting]:
        return [one for one, _among in next_for(self.desk, self.now, most=_MOST_ROWS)]

    @cached_property
    def _counts(self) -> list[tuple[str, int, int]]:
        """How many the desk could call, by kind and group."""
        rows = callable_now(for_desk(self.desk, self.now), self.now).order_by()
        return list(rows.values_list("priority", "group").annotate(times=Count("pk")))

    @property
    def callable_count(self) -> int:
        return sum(times for _kind, _group, times in self._counts)

    @cached_property
    def queue(self) -> list[Row]:
        """The next people in the order of being called."""
        pks = [one.pk for one in self._order]
        found = Ticket.objects.select_related(*_OF_TICKET).in_bulk(pks)
        rows = [found[pk] for pk in pks if pk in found]
        return [Row(ticket, self.now, is_next=index == 0) for index, ticket in enumerate(rows)]

    @cached_property
    def why(self) -> list[Why]:
        """Why the order is what it is: how the calls of today were shared when several kinds waited."""
        if len({kind for kind, _group, _times in self._counts}) < 2:
            return []
        groups = list(dict.fromkeys(one.group_id for one in self._order))
        groups += [group for group in {group for _kind, group, _times in self._counts} if group not in groups]
        turns, shares = turns_today(self.place, groups, self.now), shares_of(groups)
        return list(_why(turns, next(iter(shares.values()))))

    @property
    def more(self) -> int:
        """How many wait beyond the list."""
        return self.callable_count - len(self.queue)

    @cached_property
    def _others(self) -> list[Ticket]:
        """Those of the desk's services who are not in line: out, just called, parked, missed, at another desk."""
        services = Service.objects.filter(desks=self.desk).values("pk")
        mine = Q(service__in=services) | Q(for_desk=self.desk)
        recent = Q(away_until__gt=self.now) | Q(called_at__gt=self.now - RECENT)
        aside = Q(state=TicketState.WAITING) & recent | Q(state__in=[TicketState.PARKED, TicketState.MISSED, *AT_DESK])
        tickets = tickets_today(self.place, self.now).filter(mine & aside).exclude(state__in=AT_DESK, desk=self.desk)
        return list(tickets.select_related(*_OF_TICKET).order_by("order_at", "id")[: 2 * _MOST_ROWS])

    def _in(self, *states: TicketState) -> list[Row]:
        return [Row(ticket, self.now) for ticket in self._others if ticket.state in states]

    @property
    def later(self) -> list[Row]:
        """Who waits but is not called by "next" now."""
        return self._in(TicketState.WAITING)

    @property
    def parked(self) -> list[Row]:
        return self._in(TicketState.PARKED)

    @property
    def missed(self) -> list[Row]:
        return self._in(TicketState.MISSED)

    @property
    def elsewhere(self) -> list[Row]:
        return self._in(*AT_DESK)

    @cached_property
    def alarms(self) -> list[DeskAlarm]:
        return open_alarms(self.desk)

    @cached_property
    def own_alarm(self) -> DeskAlarm | None:
        return next((alarm for alarm in self.alarms if alarm.desk_id == self.desk.pk), None)

    @cached_property
    def day(self) -> DayCount:
        return day_count(self.session.user, self.now)

    @cached_property
    def version(self) -> str:
        return version(self.session, self.alarms, self.now)


def row_for(user: User, ticket: Ticket, now: dt.datetime) -> Row:
    """A ticket with what somebody may know of the person: a desk serves other departments' services too."""
    return Row(
        ticket, now, knows_person=ticket.reservation is not None and is_in_charge(user, ticket.group, ticket.place)
    )


def seat_of(user: User, now: dt.datetime | None = None) -> DeskSession | None:
    """Where somebody sits. Who forgot to sign off yesterday sits nowhere."""
    session = DeskSession.objects.select_related("desk__place").filter(user=user, ended_at=None).first()
    if session is None or local_date(session.started_at) != local_date(now or timezone.now()):
        return None
    session.user = user
    return session


def desks_for(user: User) -> QuerySet[Desk]:
    """Desks somebody may sit down at: of services their departments are in charge of, or with a tablet of theirs."""
    desks = Desk.objects.filter(is_active=True, place__is_active=True).select_related("place")
    allowed = in_charge(user, "services__group__department", place="place") | in_charge(user, "device__department")
    return desks.filter(allowed).distinct().order_by("place__position", "place__key", "position", "number")


def day_count(user: User, now: dt.datetime) -> DayCount:
    """One query: stays in the state of being served, at any desk."""
    periods = TicketPeriod.objects.filter(clerk=user, business_day=local_date(now), state=TicketState.SERVING)
    done = periods.filter(until_at__isnull=False).aggregate(served=Count("ticket", distinct=True), mean=Avg("seconds"))
    mean = done["mean"]
    return DayCount(served=done["served"], mean_minutes=None if mean is None else round(mean / 60))


def open_alarms(desk: Desk) -> list[DeskAlarm]:
    """Calls for help at the place, the desk's own among them."""
    alarms = DeskAlarm.objects.filter(desk__place=desk.place_id, closed_at=None)
    return list(alarms.select_related("desk", "raised_by", "answered_by").order_by("id"))


def version(session: DeskSession, alarms: Sequence[DeskAlarm], now: dt.datetime) -> str:
    """Changes when anything the page shows may have changed: two queries whatever the length of the queue.

    Every move of a ticket raises its revision; the minute is in it because the page counts minutes.
    """
    tickets = tickets_today(session.desk.place, now).aggregate(Count("pk"), Sum("revision"), Max("pk"))
    seats = DeskSession.objects.filter(desk__place=session.desk.place_id, ended_at=None)
    sessions = seats.aggregate(Count("pk"), Max("pk"), Count("break_since"))
    answers = [(alarm.pk, alarm.answered_by_id) for alarm in alarms]
    seen = (tickets, sessions, answers, session.pk, int(now.timestamp()) // 60)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def tickets_of(desk: Desk, now: dt.datetime) -> QuerySet[Ticket]:
    """Tickets of today that a desk may act on: all of its place, since a person may stand at the wrong desk."""
    return tickets_today(desk.place, now).select_related(*_OF_TICKET, "group__department", "reservation__resident")
