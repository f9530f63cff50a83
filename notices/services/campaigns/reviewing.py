"""Doubtful rows: a member of staff says who is meant, or leaves the row out."""

from collections.abc import Collection, Iterable
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.days import local_date
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from notices.enums import CampaignState, RowState
from notices.models import Campaign, CampaignRow
from notices.services.campaigns.errors import DoubtUnseen, NotReady, PersonTwice
from notices.services.campaigns.glyphs import Glyphs
from notices.services.campaigns.judging import RECIPIENT, SEEN, SUBJECT_ROLE, Doubt, dead_recipient, doubts_about
from notices.services.campaigns.paper import PaperRule
from notices.services.campaigns.people import people_by_id
from notices.services.campaigns.texts import Writer

_ONCE: Final = "campaign_row_person_once"


def accept_row(row: CampaignRow, *, recipient_id: int, subject_id: int, by: User, seen: Collection[str] = ()) -> None:
    """Say who is meant by a doubtful row; it can be sent then. `seen` are the keys of the doubts that were confirmed.

    Audited. Raises StaleState (somebody was faster, or the list is not open any more), NotReady (nobody the row may
    mean, a recipient who died, or a text that cannot be written), DoubtUnseen, PersonTwice.
    """
    _check_chosen(row, recipient_id, subject_id)
    people = people_by_id({recipient_id, subject_id})
    recipient, subject = people[recipient_id], people[subject_id]
    if recipient.died_on:
        raise NotReady(dead_recipient(recipient.died_on), field=RECIPIENT)
    doubts = doubts_about(recipient, subject, on=local_date(timezone.now()))
    if any(doubt.key not in seen for doubt in doubts):
        raise DoubtUnseen(doubts)
    if problem := Writer(row.campaign, now=timezone.now()).problem(recipient.full_name, subject.full_name, row.values):
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
                unprintable=Glyphs().missing(recipient, subject, row.values),
                candidates=[*row.candidates, *([SEEN, doubt.key] for doubt in doubts)],
            )
    except IntegrityError as error:
        if violated(error) == _ONCE:
            raise PersonTwice from error
        raise


def doubts_of(rows: Iterable[CampaignRow]) -> dict[int, list[Doubt]]:
    """Row → what speaks against sending it, of rows whose people are certain. One query or two."""
    certain = [row for row in rows if row.recipient_id and row.subject_id]
    people = people_by_id({pk for row in certain for pk in (row.recipient_id, row.subject_id) if pk is not None})
    today = local_date(timezone.now())
    return {
        row.pk: doubts_about(people.get(row.recipient_id or 0), people.get(row.subject_id or 0), on=today)
        for row in certain
    }


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


def offered(row: CampaignRow, role: str) -> set[int]:
    """Ids of the people of whom one is to be chosen for a role; empty where nobody has to choose."""
    return {pk for found, pk in row.candidates if found == role}


def _check_chosen(row: CampaignRow, recipient_id: int, subject_id: int) -> None:
    """Where candidates were offered for a role, one of them is it; else whom the list means with certainty."""
    if recipient_id not in (offered(row, RECIPIENT) or {row.recipient_id or 0}):
        raise NotReady(_("受け取る方を、候補から選んでください。"), field=RECIPIENT)
    subjects = offered(row, SUBJECT_ROLE)
    if not subjects:
        # without a subject of its own a row is about the recipient
        is_about_recipient = row.subject_id is None or row.subject_id == row.recipient_id
        subjects = {recipient_id if is_about_recipient else row.subject_id or 0}
    if subject_id not in subjects:
        raise NotReady(_("対象の方を、候補から選んでください。"), field=SUBJECT_ROLE)


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
