"""How far a bulk decision is, and what came of each of its cases."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from applications.models import Application, BulkDecision, BulkDecisionRow
from applications.queries.scope import visible_cases
from cityhall.enums import WorkState
from cityhall.models import User


@dataclass(frozen=True)
class Progress:
    """Counts of a bulk decision, and the rows that were not done."""

    total: int
    done: int
    failed: int
    problems: list[BulkDecisionRow]

    @property
    def is_over(self) -> bool:
        return self.done + self.failed == self.total

    @property
    def ended(self) -> int:
        return self.done + self.failed


def bulks_of(user: User) -> QuerySet[BulkDecision]:
    """What a person started, newest first: nobody else's business."""
    return (
        BulkDecision.objects.filter(by=user)
        .annotate(total=Count("rows"), failed=Count("rows", filter=Q(rows__state=WorkState.GIVEN_UP)))
        .order_by("-id")
    )


def progress_of(bulk: BulkDecision) -> Progress:
    """Two queries."""
    counts = bulk.rows.aggregate(
        total=Count("id"),
        done=Count("id", filter=Q(state=WorkState.DONE)),
        failed=Count("id", filter=Q(state=WorkState.GIVEN_UP)),
    )
    rows = bulk.rows.filter(state=WorkState.GIVEN_UP).select_related("application__procedure").order_by("id")
    return Progress(counts["total"], counts["done"], counts["failed"], list(rows))


def chosen_cases(user: User, public_ids: list[str]) -> list[Application]:
    """The cases that were ticked, in the order of the page, with all that a decision needs; strangers are left out."""
    rows = (
        visible_cases(user)
        .filter(public_id__in=public_ids)
        .select_related("department", "procedure__approval_notice_type", "procedure__refusal_notice_type")
        .select_related("resident__merged_into", "handler")
        .defer("draft_answers")
    )
    found = {row.public_id: row for row in rows}
    return [found[public_id] for public_id in dict.fromkeys(public_ids) if public_id in found]
