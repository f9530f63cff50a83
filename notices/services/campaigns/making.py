"""From the rows of an approved list to stored notices, batch by batch."""

import datetime as dt
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import transaction
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
from residents.bulk import insert_alike, insert_rows, next_ids, update_rows

BATCH: Final = 2000
SOURCE: Final = "campaign"
_DOCUMENTS: Final = "notices.tasks.make_documents"


def request_key_of(campaign: Campaign, position: int | str) -> str:
    """One notice for a row, however often it is tried."""
    return f"campaign-{campaign.pk}-{position}"


class _Row(NamedTuple):
    """A row that is to be sent, as it is read: very many pass here, and models cost more than all the rest."""

    pk: int
    position: int
    recipient_id: int | None
    subject_id: int | None
    values: dict[str, str]
    candidates: list[list[Any]]
    one_time_code: str
    file_id: int | None


def make_notices(campaign: Campaign, *, deadline: float, now: dt.datetime) -> bool:
    """Go on making notices of rows that can be sent until there is none or the time is up; whether there is none.

    Each batch is one transaction: the notices, the work that makes their documents (lane bulk), the rows' new state
    and the counts. Raises LostClaim.
    """
    maker, last = _Maker(campaign, now=now), -1
    while rows := _next_rows(campaign, last):
        maker.make(rows)
        last = rows[-1].position
        if time.monotonic() > deadline:
            return False
    return True


def _next_rows(campaign: Campaign, last: int) -> list[_Row]:
    rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.GOOD, position__gt=last).order_by("position")
    return [_Row(*row) for row in rows.values_list(*_Row._fields)[:BATCH]]


class _Maker:
    """What stays the same over the batches of a slice."""

    def __init__(self, campaign: Campaign, *, now: dt.datetime) -> None:
        self._campaign, self._now, self._city = campaign, now, municipality()
        self._today = local_date(now)
        self._writer = Writer(campaign, now=now)
        self._files = files_of_version(campaign.version)
        same = {
            **columns_of_version(campaign.version, issued_on=self._today),
            "department_id": campaign.department_id,
            "source_type": SOURCE,
            "source_id": campaign.public_id,
            "source_label": campaign.name,
            "campaign_id": campaign.pk,
            "created_by_id": campaign.submitted_by_id,
            "created_at": now,
        }
        # columns as the table has them: very many rows are written past the models
        self._same = {**same, "version_id": same.pop("version").pk}

    def make(self, rows: Sequence[_Row]) -> None:
        """Write the notices of a batch. Raises LostClaim, IntegrityError (then the batch is tried again)."""
        people = people_by_id({pk for row in rows for pk in (row.recipient_id, row.subject_id) if pk is not None})
        made: list[tuple[_Row, dict[str, Any]]] = []
        failed: list[tuple[str, str, int]] = []
        for row, number in zip(rows, unused_numbers(len(rows)), strict=True):
            try:
                made.append((row, self._notice(row, people, number)))
            except DomainError as error:
                failed.append((RowState.FAILED, str(error)[:200], row.pk))
        campaign = self._campaign
        with transaction.atomic():
            hold(
                campaign,
                made_count=campaign.made_count + len(made),
                failed_count=campaign.failed_count + len(failed),
            )
            update_rows(CampaignRow, ("state", "problem"), failed)
            if made:
                self._store(made)
            wake(_DOCUMENTS)

    def _notice(self, row: _Row, people: Mapping[int, Person], number: str) -> dict[str, Any]:
        """The columns of a row's notice. The list was checked days ago: people may have died since."""
        recipient, subject = people[row.recipient_id or 0], people[row.subject_id or 0]
        seen = [key for role, key in row.candidates if role == SEEN]
        _refuse_changed(recipient, subject, on=self._today, seen=seen)
        return {
            **columns_of_text(self._writer.fill(recipient, subject, row.values)),
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

    def _store(self, made: Sequence[tuple[_Row, dict[str, Any]]]) -> None:
        ids = next_ids(Notice, len(made))
        names = ("id", *made[0][1])
        notices = ((pk, *columns.values()) for pk, (_row, columns) in zip(ids, made, strict=True))
        insert_alike(Notice, self._same, names, notices)
        work = {"lane": Lane.BULK, "state": WorkState.QUEUED, "due_at": self._now, "created_at": self._now}
        insert_alike(DocumentJob, work, ("notice_id",), ([pk] for pk in ids))
        pairs = [(row, pk) for pk, (row, _columns) in zip(ids, made, strict=True)]
        # rows forget what their notice holds now
        update_rows(
            CampaignRow,
            ("state", "notice", "values", "one_time_code"),
            [(RowState.MADE, pk, {}, "", row.pk) for row, pk in pairs],
        )
        insert_rows(NoticeFile, self._enclosures(pairs))

    def _enclosures(self, pairs: Sequence[tuple[_Row, int]]) -> Iterator[dict[str, Any]]:
        for row, notice_id in pairs:
            own = [row.file_id] if row.file_id else []
            for position, file_id in enumerate(dict.fromkeys([*self._files, *own])):
                yield {"public_id": public_id(), "notice_id": notice_id, "file_id": file_id, "position": position}


class _Changed(DomainError):
    """Something of the people is not as it was when the list was checked."""

    code = "campaign_row_changed"


def _refuse_changed(recipient: Person, subject: Person, *, on: dt.date, seen: Collection[str]) -> None:
    if recipient.died_on:
        raise _Changed(_("名簿の確認の後に、受取人の死亡が登録されました。"))
    # what a member of staff saw and let through stays as it was decided; what came since was seen by nobody
    if unseen := [doubt.said for doubt in doubts_about(recipient, subject, on=on) if doubt.key not in seen]:
        raise _Changed("".join(unseen))
