"""Figures of counters and bookings: sums over rows that stay (periods of tickets, slots, reservations)."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Case, Count, F, Max, Q, QuerySet, Sum, When
from django.db.models.functions import ExtractHour
from django.utils.translation import gettext_lazy as _

from cityhall.days import TOKYO
from cityhall.models import User
from reservations.enums import ReservationState, TicketSource, TicketState
from reservations.models import Place, Reservation, ServiceGroup, Slot, Ticket, TicketPeriod
from reservations.queries.scope import visible_groups

BY = {
    "service": _("業務"),
    "hour": _("時間帯"),
    "desk": _("窓口"),
    "day": _("日"),
}
"""By what the lines of the table are."""
_SLACK = 60
# several columns where one is not enough: there is a desk 1 at every place
_KEYS = {
    "service": ["service__name"],
    "hour": ["hour"],
    "desk": ["desk__place__position", "desk__place__key", "desk__place__name", "desk__number"],
    "day": ["business_day"],
}


@dataclass(frozen=True)
class Span:
    """What is counted: the groups somebody may see, at one place or all, between two days."""

    groups: QuerySet[ServiceGroup]
    from_day: dt.date
    until_day: dt.date
    place: Place | None = None

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the span, without trials; every table here has group, place and business day."""
        kept = rows.filter(group__in=self.groups, business_day__gte=self.from_day, business_day__lte=self.until_day)
        kept = kept.filter(place__is_practice=False)
        return kept.filter(place=self.place) if self.place else kept


@dataclass
class Line:
    """One line of the table; times in seconds."""

    label: str
    tickets: int = 0
    waiting: float | None = None
    longest: int | None = None
    way: float | None = None
    serving: float | None = None
    missed: int = 0
    # what the line is of, where that is a day
    day: dt.date | None = None


@dataclass(frozen=True)
class Totals:
    """The span as a whole."""

    tickets: int
    reserved_tickets: int
    reservations: int
    came: int
    no_show: int
    cancelled: int
    offered: int
    used: int
    forecasts: int
    forecasts_met: int

    @property
    def reserved_percent(self) -> int | None:
        """The share of those served who had booked."""
        return _percent(self.reserved_tickets, self.tickets)

    @property
    def no_show_percent(self) -> int | None:
        """Of those whose day has come, who stayed away."""
        return _percent(self.no_show, self.came + self.no_show)

    @property
    def used_percent(self) -> int | None:
        """How much of what was offered was booked."""
        return _percent(self.used, self.offered)

    @property
    def met_percent(self) -> int | None:
        """How often the wait ended within the range that was told."""
        return _percent(self.forecasts_met, self.forecasts)


@dataclass(frozen=True)
class Figures:
    """A table and its totals."""

    by: str
    lines: Sequence[Line]
    totals: Totals
    span: Span = field(repr=False)


def span_of(user: User, *, from_day: dt.date, until_day: dt.date, place: Place | None = None) -> Span:
    """What somebody may count."""
    return Span(visible_groups(user), from_day, until_day, place)


def figures(span: Span, *, by: str) -> Figures:
    """All figures of a span, the lines by one of `BY`. Eight queries, however long the span."""
    return Figures(by, _lines(span, by), _totals(span), span)


def _lines(span: Span, by: str) -> list[Line]:
    lines: dict[tuple[Any, ...], Line] = {}

    def line(key: tuple[Any, ...]) -> Line:
        day = key[0] if by == "day" else None
        return lines.setdefault(key, Line(_label(span, by, key), day=day))

    periods = span.of(TicketPeriod.objects.filter(seconds__isnull=False))
    for key, mean, longest in _grouped(periods.filter(state=TicketState.WAITING), by, Avg("seconds"), Max("seconds")):
        line(key).waiting, line(key).longest = mean, longest
    for key, mean in _grouped(periods.filter(state=TicketState.CALLED), by, Avg("seconds")):
        line(key).way = mean
    served = Count("ticket", distinct=True)
    for key, mean, count in _grouped(periods.filter(state=TicketState.SERVING), by, Avg("seconds"), served):
        line(key).serving, line(key).tickets = mean, count
    # who never came back is missed to this moment
    missed = span.of(TicketPeriod.objects.filter(state=TicketState.MISSED))
    for key, count in _grouped(missed, by, Count("ticket", distinct=True)):
        line(key).missed = count
    # waiting has no desk: that line would be everybody's
    return [lines[key] for key in sorted(key for key in lines if None not in key)]


def _grouped(periods: QuerySet[TicketPeriod], by: str, *figures: Any) -> Iterable[tuple[Any, ...]]:
    """Each key of a line, a tuple, with its figures."""
    rows: QuerySet[Any] = periods
    if by == "hour":
        rows = rows.annotate(hour=ExtractHour("from_at", tzinfo=TOKYO))
    names = {f"figure{number}": figure for number, figure in enumerate(figures)}
    columns = _KEYS[by]
    grouped = rows.order_by().values(*columns).annotate(**names).values_list(*columns, *names)
    return [(row[: len(columns)], *row[len(columns) :]) for row in grouped]


def _label(span: Span, by: str, key: tuple[Any, ...]) -> str:
    *_place, place, last = ("", *key)
    labels: dict[str, Callable[[], str]] = {
        "hour": lambda: f"{last}:00〜{last}:59",
        "day": lambda: last.isoformat() if last else "",
        "desk": lambda: str(last) if span.place else f"{place} {last}",
    }
    return labels.get(by, lambda: str(last))()


def _totals(span: Span) -> Totals:
    served = Q(state=TicketState.DONE)
    tickets = span.of(Ticket.objects.filter(served)).aggregate(
        all=Count("pk"), reserved=Count("pk", filter=Q(source=TicketSource.RESERVATION) | Q(reservation__isnull=False))
    )
    states = ReservationState
    came = Q(state__in=[states.CHECKED_IN, states.DONE])
    booked = span.of(Reservation.objects.exclude(state__in=[states.HELD, states.EXPIRED])).aggregate(
        all=Count("pk"),
        came=Count("pk", filter=came),
        no_show=Count("pk", filter=Q(state=states.NO_SHOW)),
        cancelled=Count("pk", filter=Q(state=states.CANCELLED)),
    )
    # a closed slot offers nothing but what is in it
    is_closed = When(closed_at__isnull=False, then=F("taken"))
    slots = span.of(Slot.objects.all()).aggregate(
        offered=Sum(Case(is_closed, default=F("capacity"))), used=Sum("taken")
    )
    told, met = _forecasts(span)
    return Totals(
        tickets=tickets["all"],
        reserved_tickets=tickets["reserved"],
        reservations=booked["all"],
        came=booked["came"],
        no_show=booked["no_show"],
        cancelled=booked["cancelled"],
        offered=slots["offered"] or 0,
        used=slots["used"] or 0,
        forecasts=told,
        forecasts_met=met,
    )


def _forecasts(span: Span) -> tuple[int, int]:
    """How many were told a range at issue and were called at least once, and for how many it held.

    The first wait is what the range was about; a minute on either side is no error to a person.
    """
    told = TicketPeriod.objects.filter(ticket__forecast_high__isnull=False, ticket__calls__gte=1)
    first = told.filter(state=TicketState.WAITING, from_at=F("ticket__issued_at"), seconds__isnull=False)
    within = Q(seconds__gte=F("ticket__forecast_low") - _SLACK, seconds__lte=F("ticket__forecast_high") + _SLACK)
    row = span.of(first).aggregate(told=Count("pk"), met=Count("pk", filter=within))
    return row["told"], row["met"]


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
