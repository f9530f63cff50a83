"""Letters that wait, their runs, and those a person must look at."""

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from cityhall.models import User
from cityhall.queries.staff import rows_for
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.models import LetterRun, LetterRunItem, Notice, ReceiptEvent
from notices.queries.staff import visible_to_staff

VIEW: Final = "notices.view_letterrun"
ADD: Final = "notices.add_letterrun"
CHANGE: Final = "notices.change_letterrun"
"""Rights in a department; the pages ask for the one that belongs to what is done there."""
# a letter goes out while nobody has opened the notice, or whatever was opened when the law wants paper
LETTER_WANTED = Q(opened_at__isnull=True) | Q(paper_required=True)


def letters_due(user: User) -> QuerySet[Notice]:
    """Notices that wait for a letter run in the departments whose runs the person may see; oldest first."""
    return (
        visible_to_staff(user, VIEW)
        .filter(LETTER_WANTED, paper_state=PaperState.DUE)
        .exclude(state=NoticeState.WITHDRAWN)
        .order_by("id")
    )


def letter_runs_for(user: User, permission: str = VIEW) -> QuerySet[LetterRun]:
    """Letter runs of the departments in which the person may do this (see them), newest first.

    Runs over all departments belong to none: they are for those who may do it everywhere.
    """
    runs = LetterRun.objects.select_related("department", "file", "created_by")
    return rows_for(runs, user, permission).order_by("-id")


def letter_items_for(user: User, permission: str = VIEW) -> QuerySet[LetterRunItem]:
    """Letters whose notice is of such a department, also when the run was over all of them."""
    items = LetterRunItem.objects.select_related("notice__department", "run")
    return rows_for(items, user, permission, department="notice__department").order_by("id")


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
        visible_to_staff(user, CHANGE)
        .filter(paper_state=PaperState.RETURNED)
        .annotate(
            returned_at=Subquery(newest.values("occurred_at")[:1]),
            returned_reason=Subquery(newest.values("detail")[:1]),
        )
    )
