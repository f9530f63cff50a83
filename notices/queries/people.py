"""Everybody of a campaign and what became of their notice."""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from cityhall.enums import WorkState
from notices.enums import NoticeState, PaperState, ReceiptKind, RowState
from notices.models import Campaign, CampaignRow, DocumentJob, ReceiptEvent

_LOST_ROWS = (RowState.PROBLEM, RowState.FAILED)
_TROUBLES = (ReceiptKind.NOTIFY_FAILED, ReceiptKind.RETURNED)


class PeopleFilter(TextChoices):
    """Whom of a campaign staff look for."""

    NOT_OPENED = "not_opened", _("未開封")
    OPENED = "opened", _("開封済み")
    FILED = "filed", _("手続済み")
    NOT_FILED = "not_filed", _("手続がまだ")
    PAPER = "paper", _("郵送")
    RETURNED = "returned", _("返戻")
    FAILED = "failed", _("届いていない・作成できない")
    WITHDRAWN = "withdrawn", _("取消")
    LEFT_OUT = "left_out", _("除外・中止")


def people_of(campaign: Campaign, wanted: str = "") -> QuerySet[CampaignRow]:
    """Lines of a campaign's list, in its order, with what a row of the page shows.

    Each has `troubles`, the events that say why something did not arrive, when it is read as a list.
    """
    rows = CampaignRow.objects.filter(campaign=campaign)
    if wanted:
        rows = rows.filter(_conditions()[PeopleFilter(wanted)])
    troubles = ReceiptEvent.objects.filter(kind__in=_TROUBLES).order_by("id")
    return (
        rows.select_related("notice__document_job", "recipient__merged_into", "subject")
        .prefetch_related(Prefetch("notice__receipts", queryset=troubles, to_attr="troubles"))
        .order_by("position")
    )


def _conditions() -> dict[str, Q]:
    is_out = Q(notice__available_at__isnull=False) & ~Q(notice__state=NoticeState.WITHDRAWN)
    return {
        PeopleFilter.NOT_OPENED: Q(notice__state=NoticeState.AVAILABLE),
        PeopleFilter.OPENED: Q(notice__opened_at__isnull=False),
        PeopleFilter.FILED: Q(notice__acted_at__isnull=False),
        PeopleFilter.NOT_FILED: is_out & Q(notice__acted_at__isnull=True) & ~Q(notice__action_kind=""),
        PeopleFilter.PAPER: Q(notice__isnull=False) & ~Q(notice__paper_state=PaperState.NONE),
        PeopleFilter.RETURNED: Q(notice__paper_state=PaperState.RETURNED),
        PeopleFilter.FAILED: Q(state__in=_LOST_ROWS) | Exists(_stuck_documents()) | Exists(_untold()) | _out_of_reach(),
        PeopleFilter.WITHDRAWN: Q(notice__state=NoticeState.WITHDRAWN),
        PeopleFilter.LEFT_OUT: Q(state__in=[RowState.LEFT_OUT, RowState.CANCELLED]),
    }


def _out_of_reach() -> Q:
    """A notice that nobody can open, and no letter: see `notices.people.is_out_of_reach`."""
    alone = Q(recipient__user=None) & Q(recipient__merged_into__user=None)
    return alone & Q(
        notice__state=NoticeState.AVAILABLE, notice__paper_state=PaperState.NONE, notice__paper_due_at=None
    )


def _stuck_documents() -> Any:
    return DocumentJob.objects.filter(notice=OuterRef("notice"), state=WorkState.GIVEN_UP)


def _untold() -> Any:
    """Nobody could be told, and nothing was opened since.

    Of each channel the newest word counts: a mail that was sent may bounce, and one that failed may be sent again.
    """
    events = ReceiptEvent.objects.filter(notice=OuterRef("notice"))
    later_failure = ReceiptEvent.objects.filter(
        notice=OuterRef("notice"), kind=ReceiptKind.NOTIFY_FAILED, channel=OuterRef("channel"), pk__gt=OuterRef("pk")
    )
    told = events.filter(kind=ReceiptKind.NOTIFIED).filter(~Exists(later_failure))
    failed = events.filter(kind=ReceiptKind.NOTIFY_FAILED, notice__opened_at__isnull=True)
    return failed.exclude(Exists(told))
