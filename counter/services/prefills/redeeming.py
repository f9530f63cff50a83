"""A code shown or told at a desk: found, and read once. Every try is written down, without the code."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from cityhall.crypto import CannotDecrypt
from cityhall.errors import StaleState
from cityhall.models import Municipality, User
from cityhall.rate_limits import is_within_limit_of
from counter import codes
from counter.combined import with_marks
from counter.enums import CodeKind, PrefillState, ScanResult, Source
from counter.errors import (
    IncompleteCode,
    NoSuchPrefill,
    OtherCity,
    PrefillDeleted,
    PrefillExpired,
    PrefillUsed,
    TooManyWrongCodes,
    UnreadableCode,
)
from counter.forms import combined_of
from counter.models import Prefill, PrefillScan
from counter.sealing import open_by_spoken, open_by_token
from counter.services.prefills.keeping import ending, refuse_ended, sealed_of

MAX_WRONG: Final = 5
"""Wrong spoken codes of one member of staff before the digits rest."""
_WINDOW: Final = 15 * 60
_RESULTS: Final[dict[type[Exception], ScanResult]] = {
    UnreadableCode: ScanResult.UNREADABLE,
    IncompleteCode: ScanResult.UNREADABLE,
    OtherCity: ScanResult.OTHER_CITY,
    NoSuchPrefill: ScanResult.UNKNOWN,
    PrefillExpired: ScanResult.EXPIRED,
    PrefillUsed: ScanResult.USED,
    PrefillDeleted: ScanResult.DELETED,
    TooManyWrongCodes: ScanResult.TOO_OFTEN,
}


@dataclass(frozen=True)
class Found:
    """A prefill whose code was shown, with what it says."""

    prefill: Prefill
    kind: CodeKind
    values: dict[str, Any]
    sources: dict[str, str]


def find_scanned(text: str, *, by: User, now: dt.datetime | None = None) -> Found:
    """The open prefill whose QR was scanned. Writes what came of the scan, whatever that is.

    Raises UnreadableCode, OtherCity, NoSuchPrefill, PrefillUsed, PrefillExpired, PrefillDeleted. The caller must not
    be in a transaction: a refused scan stays written.
    """
    moment = now or timezone.now()
    read = codes.read_code(text)
    if read is None:
        raise _noted(_unreadable(text), None, CodeKind.SCANNED, by, moment)
    if read.city != Municipality.objects.values_list("code", flat=True).first():
        raise _noted(OtherCity(), None, CodeKind.SCANNED, by, moment)
    prefill = Prefill.objects.filter(lookup=codes.lookup_of(read.token)).first()
    try:
        found = _open(prefill, moment)
        content = open_by_token(read.token, sealed_of(found))
    except (NoSuchPrefill, CannotDecrypt) as error:
        raise _noted(error, prefill, CodeKind.SCANNED, by, moment) from None
    return _found(found, CodeKind.SCANNED, content)


def find_spoken(text: str, *, by: User, now: dt.datetime | None = None) -> Found:
    """The open prefill whose ten digits were told; the same as `find_scanned`, and TooManyWrongCodes.

    After five wrong codes in a quarter of an hour this member of staff cannot type any; a slip that the check digit
    finds is not counted, for it is no guess.
    """
    moment = now or timezone.now()
    spoken = codes.read_spoken(text)
    if not spoken:
        raise _noted(_unreadable(text), None, CodeKind.SPOKEN, by, moment)
    if not _may_type(by, cost=0):
        raise _noted(TooManyWrongCodes(), None, CodeKind.SPOKEN, by, moment)
    prefill = Prefill.objects.filter(spoken_lookup=codes.spoken_lookup(spoken)).first()
    if prefill is None:
        _may_type(by, cost=1)
    try:
        found = _open(prefill, moment)
        content = open_by_spoken(spoken, sealed_of(found), salt=found.lookup)
    except (NoSuchPrefill, CannotDecrypt) as error:
        raise _noted(error, prefill, CodeKind.SPOKEN, by, moment) from None
    return _found(found, CodeKind.SPOKEN, content)


def _found(prefill: Prefill, kind: CodeKind, content: dict[str, Any]) -> Found:
    """With what was typed at home as the form of the desk has it. What the record alone said is nobody's word."""
    chosen = prefill.procedures.select_related("procedure", "form_version")
    home, desk = combined_of(chosen), combined_of(chosen, at_desk=True)
    sources = content["sources"]
    recorded = [key for key, source in sources.items() if source == Source.RECORD]
    return Found(prefill, kind, with_marks(home, desk, content["values"], but=recorded), sources)


def redeem(found: Found, *, by: User, now: dt.datetime) -> None:
    """Use the code up: its answers leave the prefill for good. Inside the transaction that puts them into a visit.

    Raises StaleState when it was read at another desk, deleted or changed at this moment.
    """
    rows = Prefill.objects.filter(pk=found.prefill.pk, state=PrefillState.OPEN, revision=found.prefill.revision)
    if rows.update(**ending(PrefillState.REDEEMED, now)) != 1:
        raise StaleState
    PrefillScan.objects.create(prefill=found.prefill, kind=found.kind, result=ScanResult.REDEEMED, by=by, at=now)


def note_seen_again(prefill: Prefill, *, kind: CodeKind, by: User, now: dt.datetime) -> None:
    """Write that a code was shown again in the visit that has its answers."""
    PrefillScan.objects.create(prefill=prefill, kind=kind, result=ScanResult.SEEN_AGAIN, by=by, at=now)


def _unreadable(text: str) -> UnreadableCode:
    """With how much is missing, where somebody stopped half-way."""
    slip = codes.slip_of(text)
    return IncompleteCode(slip) if slip else UnreadableCode()


def _open(prefill: Prefill | None, now: dt.datetime) -> Prefill:
    if prefill is None:
        raise NoSuchPrefill
    refuse_ended(prefill, now=now)
    return prefill


def _noted(error: Exception, prefill: Prefill | None, kind: CodeKind, by: User, now: dt.datetime) -> Exception:
    """The refusal for the page, after it was written down."""
    refusal = NoSuchPrefill() if isinstance(error, CannotDecrypt) else error
    result = _RESULTS[type(refusal)]
    with transaction.atomic():
        PrefillScan.objects.create(prefill=prefill, kind=kind, result=result, by=by, at=now)
    return refusal


def _may_type(by: User, *, cost: int) -> bool:
    return is_within_limit_of(f"staff {by.pk}", "prefill-spoken", times=MAX_WRONG - 1, seconds=_WINDOW, cost=cost)
