"""What staff see of mass notices."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Value, When

from cityhall.models import Department, User
from cityhall.queries.staff import departments_where, rows_for
from notices.enums import CampaignState, NoticeState, PaperState, RowState
from notices.models import Campaign, CampaignRow, DocumentJob, Notice, NoticeType
from notices.services.campaigns.states import WORKING

VIEW: Final = "notices.view_campaign"
ADD: Final = "notices.add_campaign"
CHANGE: Final = "notices.change_campaign"
APPROVE: Final = "notices.approve_campaign"
"""Rights in a department; the pages ask for the one that belongs to what is done there."""
GOOD_SHOWN = 10
PROBLEMS_SHOWN = 20


def campaigns_for(user: User, permission: str = VIEW) -> QuerySet[Campaign]:
    """Campaigns of the departments in which the person may do this (see them); newest first."""
    rows = Campaign.objects.select_related("version__notice_type", "department", "file", "submitted_by", "approved_by")
    return rows_for(rows, user, permission).order_by("-id")


def departments_of(user: User) -> QuerySet[Department]:
    """Departments that a person may send for."""
    return rows_for(Department.objects.order_by("code"), user, ADD, department="pk")


def kinds_for(user: User) -> QuerySet[NoticeType]:
    """Kinds in use that have a text and that belong to departments the person sends for, or to none."""
    departments = departments_where(user, ADD)
    rows = NoticeType.objects.filter(is_active=True, versions__isnull=False).distinct().order_by("name", "id")
    if departments is None:
        return rows
    return rows.filter(Q(department__isnull=True) | Q(department__in=departments))


def waiting_for(user: User) -> int:
    """How many campaigns wait for the person or their colleagues: to be approved, or because their time passed."""
    missed = campaigns_for(user, CHANGE).order_by().filter(campaign_state=CampaignState.MISSED)
    ready = campaigns_for(user, APPROVE).order_by().filter(campaign_state=CampaignState.READY)
    return (missed | ready.exclude(submitted_by=user)).count()


def rows_in(campaign: Campaign, *states: RowState) -> QuerySet[CampaignRow]:
    """Rows in these states as the list has them, with their people."""
    rows = CampaignRow.objects.filter(campaign=campaign, state__in=states)
    return rows.select_related("recipient", "subject").order_by("position")


@dataclass(frozen=True)
class Refused:
    """A row that cannot be sent, with the name or else the number that the list gives."""

    row: CampaignRow
    said: str


def refused_rows(campaign: Campaign, limit: int, *, state: RowState = RowState.PROBLEM) -> list[Refused]:
    """The first rows that cannot be sent, or that were left out."""
    found = []
    for row in rows_in(campaign, state)[:limit]:
        said = row.typed.get("recipient", {})
        of_segment = row.subject.full_name if row.subject else ""
        found.append(Refused(row, said.get("name") or said.get("number") or of_segment))
    return found


def unprintable_rows(campaign: Campaign) -> QuerySet[CampaignRow]:
    """Rows that can be sent, but whose letter a person makes: no font has a character of it."""
    rows = CampaignRow.objects.filter(campaign=campaign, state__in=[RowState.GOOD, RowState.DOUBTFUL])
    return rows.exclude(unprintable="").select_related("recipient").order_by("position")


@dataclass(frozen=True)
class Progress:
    """How far the worker is. `done` of `total` is what the bar shows."""

    campaign: Campaign
    documents_left: int
    documents_failed: int

    @property
    def is_running(self) -> bool:
        """Whether the worker has something to do; a cancelled campaign is cleared up."""
        return self.campaign.campaign_state in WORKING and self.campaign.finished_at is None

    @property
    def total(self) -> int:
        """Rows to make and documents to make; unknown (0) while the list is read."""
        return 0 if self.campaign.campaign_state == CampaignState.CHECKING else 2 * self.campaign.good_count

    @property
    def done(self) -> int:
        campaign = self.campaign
        if campaign.campaign_state == CampaignState.CHECKING:
            return campaign.rows_count
        tried = campaign.made_count + campaign.failed_count
        return tried + tried - self.documents_left

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def delivered(self) -> int:
        return self.campaign.made_count - self.documents_left - self.documents_failed


def progress_of(campaign: Campaign) -> Progress:
    """How far it is; two counts on an index."""
    jobs = DocumentJob.objects.filter(notice__campaign=campaign, notice__state=NoticeState.DRAFT)
    found = jobs.aggregate(
        left=Count("pk", filter=Q(finished_at__isnull=True)), failed=Count("pk", filter=Q(finished_at__isnull=False))
    )
    return Progress(campaign, found["left"], found["failed"])


@dataclass(frozen=True)
class Funnel:
    """Sent → opened → filed, and what went on paper."""

    delivered: int
    opened: int
    confirmed: int
    acted: int
    paper: int
    returned: int

    @cached_property
    def opened_percent(self) -> int:
        return self.opened * 100 // self.delivered if self.delivered else 0

    @cached_property
    def acted_percent(self) -> int:
        return self.acted * 100 // self.delivered if self.delivered else 0


def funnel_of(campaign: Campaign) -> Funnel:
    """What became of the notices of a campaign; one walk over its own index."""
    counts = Notice.objects.filter(campaign=campaign).aggregate(
        delivered=Count("pk", filter=Q(available_at__isnull=False)),
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
        acted=Count("pk", filter=Q(acted_at__isnull=False)),
        paper=Count("pk", filter=~Q(paper_state=PaperState.NONE)),
        returned=Count("pk", filter=Q(paper_state=PaperState.RETURNED)),
    )
    return Funnel(**counts)


@dataclass(frozen=True)
class Reach:
    """People, not notices: reached online who opened one, else by a letter that was posted and did not return."""

    people: int
    digital: int
    paper: int

    @property
    def not_yet(self) -> int:
        return self.people - self.digital - self.paper


def reach_of(campaign: Campaign) -> Reach:
    """Whom a campaign has reached, and how; one walk over its rows, those that could not be made among them."""
    posted = Case(When(notice__paper_state=PaperState.POSTED, then=Value(1)), default=Value(0))
    opened = Case(When(notice__opened_at__isnull=False, then=Value(1)), default=Value(0))
    rows = CampaignRow.objects.filter(campaign=campaign, state__in=[RowState.GOOD, RowState.MADE, RowState.FAILED])
    people = (
        rows.order_by()
        .values("recipient")
        .annotate(
            opened=Max(opened, output_field=IntegerField()),
            posted=Max(posted, output_field=IntegerField()),
        )
    )
    counts = people.aggregate(
        people=Count("recipient"),
        digital=Count("recipient", filter=Q(opened=1)),
        paper=Count("recipient", filter=Q(opened=0, posted=1)),
    )
    return Reach(**counts)
