"""Figures of visits: minutes by phase, and how many questions were asked, brought and known. Sums of rows that stay."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from cityhall.models import User
from counter.enums import VisitPhase
from counter.models import AccountInvitation, Visit, VisitPeriod, VisitProcedure
from reservations.models import Place
from reservations.queries.scope import visible_places

BY = {"day": _("日"), "procedure": _("手続")}
"""By what the lines of the table are."""


@dataclass(frozen=True)
class Span:
    """What is counted: the places somebody may see, between two days. Trials are not."""

    places: QuerySet[Place]
    from_day: dt.date
    until_day: dt.date

    def of(self, rows: QuerySet[Any], path: str = "") -> QuerySet[Any]:
        """The rows of visits that were received in the span; `path` leads from a row to its visit."""
        columns = {
            "place__in": self.places.values("pk"),
            "business_day__gte": self.from_day,
            "business_day__lte": self.until_day,
            "received_at__isnull": False,
            "is_practice": False,
        }
        return rows.filter(**{f"{path}{name}": value for name, value in columns.items()})


@dataclass
class Line:
    """One line of the table. `visits` were received; sums of questions are of those that were counted."""

    label: str
    visits: int = 0
    procedures: int = 0
    counted: int = 0
    asked: int = 0
    brought: int = 0
    known: int = 0
    seconds: dict[str, int] = field(default_factory=dict)
    # visits after which an account was offered, and after which one was tied to the record
    offered: int = 0
    tied: int = 0
    # what the line is of, where that is a day
    day: dt.date | None = None

    @property
    def asked_mean(self) -> float | None:
        """Questions asked per visit."""
        return _mean(self.asked, self.counted)

    @property
    def brought_mean(self) -> float | None:
        return _mean(self.brought, self.counted)

    @property
    def known_mean(self) -> float | None:
        return _mean(self.known, self.counted)

    @property
    def asked_percent(self) -> int | None:
        """The share of the answers that had to be asked for."""
        whole = self.asked + self.brought + self.known
        return round(100 * self.asked / whole) if whole else None

    @property
    def per_phase(self) -> list[float | None]:
        """Mean seconds of a visit in each phase, in their order."""
        return [_mean(self.seconds[phase], self.visits) if phase in self.seconds else None for phase in VisitPhase]

    @property
    def per_visit(self) -> float | None:
        """Mean seconds at the desk, without the wait."""
        return _mean(self._at_the_desk(), self.visits)

    @property
    def per_procedure(self) -> float | None:
        return _mean(self._at_the_desk(), self.procedures)

    def _at_the_desk(self) -> int:
        return sum(seconds for phase, seconds in self.seconds.items() if phase != VisitPhase.WAIT)


@dataclass(frozen=True)
class Invited:
    """Visits after which an account was offered, and those after which one was tied to the record."""

    offered: int
    tied: int
    visits: int

    @property
    def offered_percent(self) -> int | None:
        """Of all visits that were received."""
        return round(100 * self.offered / self.visits) if self.visits else None

    @property
    def tied_percent(self) -> int | None:
        """Of those who were invited."""
        return round(100 * self.tied / self.offered) if self.offered else None


@dataclass(frozen=True)
class Figures:
    """A table and its last line, and what became of invitations to an account."""

    by: str
    lines: Sequence[Line]
    total: Line
    span: Span = field(repr=False)
    invited: Invited = Invited(0, 0, 0)


def span_of(user: User, *, from_day: dt.date, until_day: dt.date, place: Place | None = None) -> Span:
    """What somebody may count."""
    places = visible_places(user)
    return Span(places.filter(pk=place.pk) if place else places, from_day, until_day)


def figures(span: Span, *, by: str) -> Figures:
    """All figures of a span, the lines by one of `BY`. Eight queries, however long the span.

    A visit for several procedures stands in the line of each; its time cannot be told apart, so that the line of a
    procedure has the time of whole visits in which it was one.
    """
    total = _total(span)
    return Figures(by, _lines(span, by), total, span, _invited(span, total.visits))


def _invited(span: Span, visits: int) -> Invited:
    found = _invitations(span).aggregate(**_INVITED)
    return Invited(found["offered"], found["tied"], visits)


_INVITED: dict[str, Any] = {
    # a visit counts once, however many codes were shown in it
    "offered": Count("visit", distinct=True),
    "tied": Count("visit", distinct=True, filter=Q(confirmed_at__isnull=False)),
}


def _invitations(span: Span) -> QuerySet[AccountInvitation]:
    return span.of(AccountInvitation.objects.all(), "visit__").order_by()


def _count_invited(lines: Mapping[Any, Line], rows: QuerySet[AccountInvitation], *, by: str) -> None:
    for key, offered, tied in rows.values_list(by).annotate(**_INVITED).values_list(by, *_INVITED):
        lines[key].offered, lines[key].tied = offered, tied


def _lines(span: Span, by: str) -> list[Line]:
    return _by_procedure(span) if by == "procedure" else _by_day(span)


def _by_day(span: Span) -> list[Line]:
    rows = span.of(Visit.objects.all()).order_by().values("business_day").annotate(**_sums(""))
    lines = {row["business_day"]: _line(row["business_day"].isoformat(), row) for row in rows}
    for day, line in lines.items():
        line.day = day
    chosen = span.of(VisitProcedure.objects.filter(dropped_at=None), "visit__").order_by()
    for row in chosen.values(day=F("visit__business_day")).annotate(number=Count("pk")):
        lines[row["day"]].procedures = row["number"]
    for row in _periods(span).values("phase", day=F("visit__business_day")).annotate(sum=Sum("seconds")):
        lines[row["day"]].seconds[row["phase"]] = row["sum"]
    _count_invited(lines, _invitations(span), by="visit__business_day")
    return [lines[day] for day in sorted(lines)]


def _by_procedure(span: Span) -> list[Line]:
    rows = span.of(VisitProcedure.objects.filter(dropped_at=None), "visit__").order_by()
    names = {"key": F("procedure__key"), "name": F("procedure__name")}
    lines = {row["key"]: _line(row["name"], row) for row in rows.values(**names).annotate(**_sums("visit__"))}
    for row in rows.values(key=F("procedure__key")).annotate(number=Count("visit__procedures", filter=_KEPT)):
        lines[row["key"]].procedures = row["number"]
    in_visits = _periods(span).filter(visit__procedures__dropped_at=None)
    for row in in_visits.values("phase", key=F("visit__procedures__procedure__key")).annotate(sum=Sum("seconds")):
        lines[row["key"]].seconds[row["phase"]] = row["sum"]
    invited = _invitations(span).filter(visit__procedures__isnull=False, visit__procedures__dropped_at=None)
    _count_invited(lines, invited, by="visit__procedures__procedure__key")
    return sorted(lines.values(), key=lambda line: (-line.visits, line.label))


def _total(span: Span) -> Line:
    row = span.of(Visit.objects.all()).aggregate(**_sums(""))
    line = _line("", row)
    line.procedures = span.of(VisitProcedure.objects.filter(dropped_at=None), "visit__").count()
    line.seconds = {one["phase"]: one["sum"] for one in _periods(span).values("phase").annotate(sum=Sum("seconds"))}
    return line


_KEPT = Q(visit__procedures__dropped_at=None)


def _periods(span: Span) -> QuerySet[VisitPeriod]:
    return span.of(VisitPeriod.objects.filter(seconds__isnull=False), "visit__").order_by()


def _sums(path: str) -> dict[str, Any]:
    names = {name: Sum(f"{path}{name}_count") for name in ("asked", "brought", "known")}
    return names | {"visits": Count(f"{path}pk"), "counted": Count(f"{path}asked_count")}


def _line(label: str, row: Mapping[str, Any]) -> Line:
    line = Line(label, visits=row["visits"], counted=row["counted"])
    # a sum of nothing is no number
    line.asked, line.brought, line.known = (row[name] or 0 for name in ("asked", "brought", "known"))
    return line


def _mean(whole: int, number: int) -> float | None:
    return whole / number if number else None
