"""A department answers its sheet: what it found, a note, whether the papers lie ready."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from cityhall.text import clean_text
from counter.bereavement.enums import READY, BereavementEventKind, Finding
from counter.bereavement.errors import BereavementOver, BookingGivenUp
from counter.models import BereavementRequest, BereavementSheet
from counter.queries.bereavements import is_given_up
from counter.services.bereavements.listing import refresh_steps
from counter.services.bereavements.states import locked, note

LONGEST_NOTE: Final = 300


@dataclass(frozen=True)
class Reply:
    """What was found for one request; blank while nobody knows."""

    finding: Finding
    note: str = ""
    papers_ready: bool = False


def reply(
    sheet: BereavementSheet,
    *,
    replies: Mapping[int, Reply],
    seen_revision: int,
    by: User,
    now: dt.datetime | None = None,
) -> BereavementSheet:
    """Keep what a department found; `replies` by id of the request. The list of the day follows.

    Of two who answer the same sheet at once the slower raises StaleState and nothing of theirs is written; the same
    once more, by the same person, is once. Raises BookingGivenUp, BereavementOver. Locks the row. Audited.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = locked(sheet.bereavement)
        if is_given_up(row):
            raise BookingGivenUp
        if row.state not in READY:
            raise BereavementOver
        held = BereavementSheet.objects.get(pk=sheet.pk)
        asked = list(BereavementRequest.objects.filter(sheet=held, withdrawn_at=None))
        if held.revision != seen_revision:
            if held.answered_by_id == by.pk and _is_same(asked, replies):
                return held
            raise StaleState
        for one in asked:
            if one.pk in replies:
                _write(one, replies[one.pk])
        _answered(held, asked, by, moment)
        note(row, BereavementEventKind.ANSWERED, by=by, now=moment, detail=f"sheet {held.public_id}")
        refresh_steps(row, now=moment)
        audit.record(
            action=AuditAction.CHANGE,
            actor=by,
            target_type="bereavementsheet",
            target_id=held.public_id,
            department_code=sheet.department.code,
        )
    return held


def _write(request: BereavementRequest, found: Reply) -> None:
    request.finding, request.papers_ready = found.finding, found.papers_ready
    request.note = clean_text(found.note.strip())[:LONGEST_NOTE]
    request.save(update_fields=["finding", "note", "papers_ready"])


def _answered(sheet: BereavementSheet, asked: list[BereavementRequest], by: User, now: dt.datetime) -> None:
    is_complete = all(one.finding for one in asked)
    BereavementSheet.objects.filter(pk=sheet.pk).update(
        revision=F("revision") + 1, answered_at=now if is_complete else None, answered_by=by
    )
    sheet.refresh_from_db()


def _is_same(asked: list[BereavementRequest], replies: Mapping[int, Reply]) -> bool:
    return all(
        (one.finding, one.note, one.papers_ready)
        == (
            replies[one.pk].finding,
            clean_text(replies[one.pk].note.strip())[:LONGEST_NOTE],
            replies[one.pk].papers_ready,
        )
        for one in asked
        if one.pk in replies
    )
