"""Minutes per certificate: sums of phases of visits that were for certificates alone. Rows that stay."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum

from counter.enums import IssueState, VisitPhase
from counter.models import CertificateIssue, VisitPeriod
from counter.queries.figures import Span

AT_THE_DESK = (VisitPhase.IDENTIFY, VisitPhase.ASK, VisitPhase.REVIEW, VisitPhase.SIGN)
"""Until it is received and paid; then the terminal prints."""


@dataclass(frozen=True)
class Line:
    """One kind of certificate. `issued` is the mean from its reception to the hand of the person."""

    label: str
    cases: int
    copies: int
    cancelled: int
    issued: float | None


@dataclass(frozen=True)
class CertificateFigures:
    """A table, and what a certificate takes at the desk: seconds of all visits over all certificates."""

    lines: Sequence[Line]
    visits: int
    cases: int
    copies: int
    seconds: int
    phases: Sequence[tuple[str, float | None]]
    span: Span

    @property
    def per_certificate(self) -> float | None:
        return self.seconds / self.cases if self.cases else None

    @property
    def per_visit(self) -> float | None:
        return self.seconds / self.visits if self.visits else None


def certificate_figures(span: Span) -> CertificateFigures:
    """Of the visits of a span that were served the short way. Three queries, however long the span."""
    rows = span.of(CertificateIssue.objects.filter(visit__certificate_order__is_short=True), "visit__").order_by()
    total = rows.aggregate(visits=Count("visit", distinct=True), cases=Count("pk"), copies=Sum("copies"))
    spent = _spent(span)
    visits = total["visits"]
    return CertificateFigures(
        lines=_lines(rows),
        visits=visits,
        cases=total["cases"],
        copies=total["copies"] or 0,
        seconds=sum(spent.get(phase, 0) for phase in AT_THE_DESK),
        phases=[
            (str(phase.label), spent[phase] / visits if visits and phase in spent else None) for phase in AT_THE_DESK
        ],
        span=span,
    )


def _lines(rows: QuerySet[CertificateIssue]) -> list[Line]:
    waited = ExpressionWrapper(F("over_at") - F("received_at"), output_field=DurationField())
    handed = Q(state=IssueState.HANDED)
    found = rows.values(label=F("application__procedure__name")).annotate(
        cases=Count("pk"),
        sheets=Sum("copies"),
        cancelled=Count("pk", filter=Q(state=IssueState.CANCELLED)),
        issued=Avg(waited, filter=handed),
    )
    return [
        Line(row["label"], row["cases"], row["sheets"] or 0, row["cancelled"], _seconds(row["issued"]))
        for row in found.order_by("-cases", "label")
    ]


def _seconds(mean: dt.timedelta | None) -> float | None:
    return mean.total_seconds() if mean is not None else None


def _spent(span: Span) -> dict[str, int]:
    """Phase → seconds of all visits together."""
    of_orders = VisitPeriod.objects.filter(visit__certificate_order__is_short=True, seconds__isnull=False)
    rows = span.of(of_orders, "visit__").order_by().values("phase").annotate(sum=Sum("seconds"))
    return {row["phase"]: row["sum"] for row in rows}
