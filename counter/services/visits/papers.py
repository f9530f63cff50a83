"""When nothing works but a pen: a visit goes on by hand, and comes back from the sheet by its code (docs/offline.md).

The QR of a visit's sheet is derived from the server's key: nothing is stored but what it is found by, and it opens
nothing but for signed-in staff of the place. Blank sheets made before the trouble are prefills without answers.
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.models import Procedure
from cityhall.days import local_date
from cityhall.errors import StaleState
from cityhall.models import Municipality, User
from cityhall.queries.city import municipality
from counter import codes
from counter.enums import ACTIVE_VISITS, PHASE_OF, Origin, VisitEventKind, VisitState
from counter.errors import NothingChosen
from counter.models import Prefill, Visit, VisitProcedure
from counter.queries.visits import chosen_procedures, visible_visits
from counter.services import prefills
from counter.services.visits.leading import record
from counter.services.visits.states import begin_phase, note, touch

MOST_SHEETS: Final = 20
"""Blank sheets made at once."""
_TOKEN_LENGTH: Final = 26
_WITH_ANSWERS: Final = ACTIVE_VISITS - {VisitState.OPEN}


def sheet_token(visit: Visit) -> str:
    """The token in the QR of a visit's sheet: the same at every print, known to nobody without the server's key."""
    message = f"visit sheet\x1f{visit.public_id}".encode()
    digest = hmac.digest(settings.LINK_KEY.encode(), message, hashlib.sha256)
    return base64.b32encode(digest).decode()[:_TOKEN_LENGTH]


def may_paper(visit: Visit) -> bool:
    """Whether there is anything to go on with by hand."""
    return visit.state in _WITH_ANSWERS and bool(chosen_procedures(visit))


def to_paper(visit: Visit, by: User, *, now: dt.datetime | None = None) -> str:
    """The visit goes on by hand: the code of its sheet. Twice is once, with the same code.

    Raises NothingChosen, StaleState.
    """
    if visit.state not in _WITH_ANSWERS:
        raise StaleState
    if not may_paper(visit):
        raise NothingChosen
    token = sheet_token(visit)
    if visit.paper_lookup is None:
        moment = now or timezone.now()
        with transaction.atomic():
            touch(visit, event=VisitEventKind.ON_PAPER, by=by, now=moment, paper_lookup=codes.lookup_of(token))
            record(visit, by, "on paper")
    return codes.full_code(municipality().code, token)


def take_sheet(text: str, by: User, *, now: dt.datetime | None = None) -> Visit | None:
    """The visit whose sheet was scanned, to be typed in from it; None when it is the code of no visit's sheet.

    What was received stays as it is. Where the visit was wiped when its day was over, another one begins with the
    same procedures, once. The same sheet at two desks, or twice, is one visit. None too where `by` does not serve.
    """
    read = codes.read_code(text)
    if read is None or read.city != Municipality.objects.values_list("code", flat=True).first():
        return None
    visit = visible_visits(by).filter(paper_lookup=codes.lookup_of(read.token)).first()
    if visit is None:
        return None
    moment = now or timezone.now()
    if visit.state == VisitState.CLOSED and visit.received_at is None:
        visit = _begun_anew(visit, by, moment)
    if visit.state in ACTIVE_VISITS and visit.paper_on is None:
        _mark(visit, visit.business_day, by, moment)
    return visit


def set_paper_day(visit: Visit, day: dt.date, by: User, *, now: dt.datetime | None = None) -> Visit:
    """The day on which the sheet was handed in: the one the applications are received on. Raises StaleState."""
    moment = now or timezone.now()
    if visit.state not in ACTIVE_VISITS or visit.paper_on is None or day > local_date(moment):
        raise StaleState
    if visit.paper_on != day:
        _mark(visit, day, by, moment)
    return visit


def make_sheets(procedures: Sequence[Procedure], *, count: int, by: User, now: dt.datetime | None = None) -> list[str]:
    """Codes of blank sheets for these procedures: each is typed in once, within thirty days.

    Nothing is stored that leads back to a code. Raises what `prefills.keep` raises.
    """
    moment = now or timezone.now()
    city = municipality().code
    tokens = [codes.new_token() for _number in range(min(count, MOST_SHEETS))]
    with transaction.atomic():
        for token in tokens:
            made = prefills.keep(token=token, procedures=procedures, values={}, now=moment)
            Prefill.objects.filter(pk=made.pk).update(is_paper=True)
    return [codes.full_code(city, token) for token in tokens]


def _mark(visit: Visit, day: dt.date, by: User, now: dt.datetime) -> None:
    with transaction.atomic():
        touch(visit, event=VisitEventKind.FROM_PAPER, by=by, now=now, detail=day.isoformat(), paper_on=day)
        record(visit, by, "from paper")


def _begun_anew(old: Visit, by: User, now: dt.datetime) -> Visit:
    """A visit for who left a sheet that nobody typed in before the day was over."""
    key = f"sheet {old.public_id}"
    if earlier := Visit.objects.filter(request_key=key).first():
        return earlier
    try:
        with transaction.atomic():
            visit = Visit.objects.create(
                place=old.place,
                clerk=by,
                request_key=key,
                business_day=local_date(now),
                started_at=now,
                language=old.language,
                is_practice=old.is_practice,
                paper_on=old.business_day,
            )
            VisitProcedure.objects.bulk_create(_same_procedures(old, visit))
            note(visit, VisitEventKind.STARTED, by=by, now=now, detail="sheet")
            note(visit, VisitEventKind.FROM_PAPER, by=by, now=now, detail=old.business_day.isoformat())
            begin_phase(visit, PHASE_OF[VisitState.OPEN], now=now)
            record(visit, by, "started from paper")
    except IntegrityError:
        # scanned at another desk at this moment
        return Visit.objects.get(request_key=key)
    return visit


def _same_procedures(old: Visit, visit: Visit) -> list[VisitProcedure]:
    """With the forms of today; what the city withdrew is seen among the procedures."""
    chosen = chosen_procedures(old)
    return [
        VisitProcedure(
            visit=visit,
            procedure=one.procedure,
            form_version=one.procedure.current_version or one.form_version,
            position=position,
            origin=Origin.STAFF,
        )
        for position, one in enumerate(chosen, start=1)
    ]
