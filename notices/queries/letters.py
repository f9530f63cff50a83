"""Letters that wait, their runs, and those a person must look at."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from cityhall.models import User
from cityhall.queries.staff import scope_of
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.models import LetterRun, LetterRunItem, Notice, ReceiptEvent
from notices.queries.staff import visible_to_staff

# a letter goes out while nobody has opened the notice, or whatever was opened when the law wants paper
LETTER_WANTED = Q(opened_at__isnull=True) | Q(paper_required=True)


def letters_due(user: User) -> QuerySet[Notice]:
    """Notices that wait for a letter run, among those the person may see; oldest first."""
    return (
        visible_to_staff(user)
        .filter(LETTER_WANTED, paper_state=PaperState.DUE)
        .exclude(state=NoticeState.WITHDRAWN)
        .order_by("id")
    )


def letter_runs_for(user: User) -> QuerySet[LetterRun]:
    """Letter runs a member of staff may see, newest first; runs over all departments only for administrators."""
    scope = scope_of(user)
    runs = LetterRun.objects.select_related("department", "file", "created_by")
    if not (scope.is_administrator or scope.is_auditor):
        runs = runs.filter(department__in=scope.department_ids)
    return runs.order_by("-id")


def letter_items_for(user: User) -> QuerySet[LetterRunItem]:
    """Letters whose notice a member of staff may see, also when the run was over all departments."""
    scope = scope_of(user)
    items = LetterRunItem.objects.select_related("notice__department", "run")
    if not (scope.is_administrator or scope.is_auditor):
        items = items.filter(notice__department__in=scope.department_ids)
    return items.order_by("id")


def letters_for_a_person(user: User) -> QuerySet[LetterRunItem]:
    """Letters that could not be printed and that nobody has dealt with yet; the oldest first.

    A notice being printed has one newest letter, and only that one is waiting.
    """
    newer = LetterRunItem.objects.filter(notice=OuterRef("notice"), pk__gt=OuterRef("pk"))
    waiting = letter_items_for(user).filter(notice__paper_state=PaperState.PRINTING)
    return waiting.exclude(problem="").filter(~Exists(newer))


def letters_returned(user: User) -> QuerySet[Notice]:
    """Notices whose letter came back and which nobody has dealt with, with `returned_at` and `returned_reason`."""
    newest = ReceiptEvent.objects.filter(notice=OuterRef("pk"), kind=ReceiptKind.RETURNED).order_by("-id")
    return (
        visible_to_staff(user)
        .filter(paper_state=PaperState.RETURNED)
        .annotate(
            returned_at=Subquery(newest.values("occurred_at")[:1]),
            returned_reason=Subquery(newest.values("detail")[:1]),
        )
    )
