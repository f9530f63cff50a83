"""Doubtful rows: a member of staff says who is meant, or leaves the row out."""

from collections.abc import Collection
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from notices.enums import CampaignState, RowState
from notices.models import Campaign, CampaignRow
from notices.services.campaigns.errors import NotReady, PersonTwice
from notices.services.campaigns.judging import RECIPIENT, SUBJECT_ROLE
from notices.services.campaigns.paper import PaperRule
from notices.services.campaigns.people import people_by_id
from notices.services.campaigns.texts import Writer

_ONCE: Final = "campaign_row_person_once"


def accept_row(row: CampaignRow, *, recipient_id: int, subject_id: int, by: User) -> None:
    """Say who is meant by a doubtful row; it can be sent then. Audited.

    Raises StaleState (somebody was faster, or the list is not open any more), NotReady (nobody the row may mean, or a
    text that cannot be written), PersonTwice.
    """
    _check_chosen(row, recipient_id, subject_id)
    people = people_by_id({recipient_id, subject_id})
    recipient, subject = people[recipient_id], people[subject_id]
    if problem := Writer(row.campaign, now=timezone.now()).problem(recipient, subject, row.values):
        raise NotReady(problem)
    on_paper = PaperRule(row.campaign.version.notice_type).recipients([recipient])
    try:
        with transaction.atomic():
            _decide(
                row,
                RowState.GOOD,
                by=by,
                recipient_id=recipient.pk,
                subject_id=subject.pk,
                gets_paper=recipient.pk in on_paper,
            )
    except IntegrityError as error:
        if violated(error) == _ONCE:
            raise PersonTwice from error
        raise


def leave_out(row: CampaignRow, *, by: User) -> None:
    """Send nothing for a doubtful row; its reason stays. Audited. Raises StaleState."""
    with transaction.atomic():
        _decide(row, RowState.LEFT_OUT, by=by)


def leave_out_doubtful(campaign: Campaign, *, by: User) -> int:
    """Leave all rows out that nobody decided; how many. Audited. Raises StaleState."""
    with transaction.atomic():
        rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.DOUBTFUL)
        count = rows.update(state=RowState.LEFT_OUT, decided_by=by)
        _count(campaign, count, RowState.LEFT_OUT)
        _note(campaign, by, detail=f"{count} doubtful rows left out")
    return count


def _check_chosen(row: CampaignRow, recipient_id: int, subject_id: int) -> None:
    recipients = _offered(row, RECIPIENT) or {row.recipient_id or 0}
    # without a subject of its own a row is about the recipient
    subjects = _offered(row, SUBJECT_ROLE) or {row.subject_id or recipient_id}
    if _is_about_recipient(row):
        subjects = {recipient_id}
    if recipient_id not in recipients or subject_id not in subjects:
        raise NotReady(_("受け取る方を、候補から選んでください。"))


def _is_about_recipient(row: CampaignRow) -> bool:
    return not _offered(row, SUBJECT_ROLE) and row.subject_id in (None, row.recipient_id)


def _offered(row: CampaignRow, role: str) -> set[int]:
    return {pk for found, pk in row.candidates if found == role}


def _decide(row: CampaignRow, state: RowState, *, by: User, **columns: object) -> None:
    moved = CampaignRow.objects.filter(pk=row.pk, state=RowState.DOUBTFUL).update(state=state, decided_by=by, **columns)
    if not moved:
        raise StaleState
    _count(row.campaign, 1, state)
    _note(row.campaign, by, detail=f"row {row.position} {state}")


def _count(campaign: Campaign, count: int, state: RowState) -> None:
    """Only an open list is decided; once it was handed in, what the approver sees stays as it is."""
    counts = {"doubtful_count": F("doubtful_count") - count}
    if state == RowState.GOOD:
        counts["good_count"] = F("good_count") + count
    if not Campaign.objects.filter(pk=campaign.pk, campaign_state=CampaignState.CHECKED).update(**counts):
        raise StaleState


def _note(campaign: Campaign, by: User, *, detail: str, ids: Collection[int] = ()) -> None:
    audit.record(
        action=AuditAction.CHANGE,
        actor=by,
        target_type="campaign",
        target_id=campaign.public_id,
        target_label=campaign.name,
        detail=detail,
        department_code=campaign.department.code,
        object_ids=list(ids),
    )
