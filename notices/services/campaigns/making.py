"""From the rows of an approved list to stored notices, batch by batch."""

import datetime as dt
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from cityhall.days import local_date
from cityhall.enums import Lane, WorkState
from cityhall.errors import DomainError
from cityhall.ids import public_id
from cityhall.queries.city import municipality
from cityhall.queue import wake
from notices.enums import RowState
from notices.models import Campaign, CampaignRow, DocumentJob, Notice, NoticeFile
from notices.services.campaigns.claims import hold
from notices.services.campaigns.judging import SEEN, doubts_about
from notices.services.campaigns.numbers import unused_numbers
from notices.services.campaigns.people import Person, people_by_id
from notices.services.campaigns.texts import Writer
from notices.services.issuing import (
    address_of,
    columns_of_text,
    columns_of_version,
    document_number_of,
    files_of_version,
)
from residents.bulk import insert_rows, update_rows

BATCH: Final = 2000
SOURCE: Final = "campaign"
_DOCUMENTS: Final = "notices.tasks.make_documents"


def request_key_of(campaign: Campaign, position: int | str) -> str:
    """One notice for a row, however often it is tried."""
    return f"campaign-{campaign.pk}-{position}"


def make_notices(campaign: Campaign, *, deadline: float, now: dt.datetime) -> bool:
    """Go on making notices of rows that can be sent until there is none or the time is up; whether there is none.

    Each batch is one transaction: the notices, the work that makes their documents (lane bulk), the rows' new state
    and the counts. Raises LostClaim.
    """
    maker = _Maker(campaign, now=now)
    while rows := list(_next_rows(campaign)):
        maker.make(rows)
        if time.monotonic() > deadline:
            return False
    return True


def _next_rows(campaign: Campaign) -> QuerySet[CampaignRow]:
    rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.GOOD).order_by("position")
    return rows[:BATCH]


class _Maker:
    """What stays the same over the batches of a slice."""

    def __init__(self, campaign: Campaign, *, now: dt.datetime) -> None:
        self._campaign, self._now, self._city = campaign, now, municipality()
        self._today = local_date(now)
        self._writer = Writer(campaign, now=now)
        self._files = files_of_version(campaign.version)
        self._same = {
            **columns_of_version(campaign.version, issued_on=self._today),
            "department": campaign.department,
            "source_type": SOURCE,
            "source_id": campaign.public_id,
            "source_label": campaign.name,
            "campaign_id": campaign.pk,
            "created_by_id": campaign.submitted_by_id,
            "created_at": now,
        }
        # columns as the table has them: very many rows are written past the models
        self._same["version_id"] = self._same.pop("version").pk
        self._same["department_id"] = self._same.pop("department").pk

    def make(self, rows: Sequence[CampaignRow]) -> None:
        """Write the notices of a batch. Raises LostClaim, IntegrityError (then the batch is tried again)."""
        people = people_by_id({pk for row in rows for pk in (row.recipient_id, row.subject_id) if pk is not None})
        made: dict[int, dict[str, Any]] = {}
        failed: dict[int, str] = {}
        for row, number in zip(rows, unused_numbers(len(rows)), strict=True):
            try:
                made[row.pk] = self._notice(row, people, number)
            except DomainError as error:
                failed[row.pk] = str(error)
        campaign = self._campaign
        with transaction.atomic():
            hold(
                campaign,
                made_count=campaign.made_count + len(made),
                failed_count=campaign.failed_count + len(failed),
            )
            update_rows(
                CampaignRow,
                ("state", "problem"),
                [(RowState.FAILED, text[:200], pk) for pk, text in failed.items()],
            )
            self._store([row for row in rows if row.pk in made], made)
            wake(_DOCUMENTS)

    def _notice(self, row: CampaignRow, people: Mapping[int, Person], number: str) -> dict[str, Any]:
        """The columns of a row's notice. The list was checked days ago: people may have died since."""
        recipient, subject = people[row.recipient_id or 0], people[row.subject_id or 0]
        _refuse_changed(recipient, subject, on=self._today, seen=[key for role, key in row.candidates if role == SEEN])
        text = self._writer.fill(recipient, subject, row.values)
        return {
            **self._same,
            **columns_of_text(text),
            **address_of(recipient),
            "public_id": public_id(),
            "number": number,
            "document_number": document_number_of(number, city=self._city),
            "recipient_id": recipient.pk,
            "subject_id": subject.pk,
            "subject_name": subject.full_name,
            "one_time_code": row.one_time_code,
            "request_key": request_key_of(self._campaign, row.position),
        }

    def _store(self, rows: Sequence[CampaignRow], made: Mapping[int, dict[str, Any]]) -> None:
        if not rows:
            return
        insert_rows(Notice, made.values())
        linked = _link(self._campaign, rows[0].position, rows[-1].position)
        # rows between these that were made long ago are not of this batch
        notice_of = {row: notice for row, notice in linked.items() if row in made}
        insert_rows(
            DocumentJob,
            (
                {
                    "notice_id": pk,
                    "lane": Lane.BULK,
                    "state": WorkState.QUEUED,
                    "due_at": self._now,
                    "created_at": self._now,
                }
                for pk in notice_of.values()
            ),
        )
        insert_rows(NoticeFile, self._enclosures(rows, notice_of))

    def _enclosures(self, rows: Sequence[CampaignRow], notice_of: Mapping[int, int]) -> Iterator[dict[str, Any]]:
        for row in rows:
            own = [row.file_id] if row.file_id else []
            for position, file_id in enumerate(dict.fromkeys([*self._files, *own])):
                yield {
                    "public_id": public_id(),
                    "notice_id": notice_of[row.pk],
                    "file_id": file_id,
                    "position": position,
                }


class _Changed(DomainError):
    """Something of the people is not as it was when the list was checked."""

    code = "campaign_row_changed"


def _refuse_changed(recipient: Person, subject: Person, *, on: dt.date, seen: Collection[str]) -> None:
    if recipient.died_on:
        raise _Changed(_("名簿の確認の後に、受取人の死亡が登録されました。"))
    # what a member of staff saw and let through stays as it was decided; what came since was seen by nobody
    if unseen := [doubt.said for doubt in doubts_about(recipient, subject, on=on) if doubt.key not in seen]:
        raise _Changed("".join(unseen))


def _link(campaign: Campaign, first: int, last: int) -> dict[int, int]:
    """Rows between two positions get their notice, and forget what it holds now; row → notice. Two statements.

    Those that failed are none of them any more.
    """
    key = Concat(Value(request_key_of(campaign, "")), Cast(OuterRef("position"), CharField()))
    notice = Notice.objects.filter(request_key=key).values("pk")
    rows = CampaignRow.objects.filter(campaign=campaign, position__range=(first, last))
    rows.filter(state=RowState.GOOD).update(state=RowState.MADE, notice=Subquery(notice), values={}, one_time_code="")
    made = rows.filter(state=RowState.MADE, notice__isnull=False).values_list("pk", "notice_id")
    return {row: notice_id for row, notice_id in made if notice_id is not None}
