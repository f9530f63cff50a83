"""A prefill in the hands of who made it: kept, opened again, changed, deleted."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from applications.models import FormVersion, Procedure
from applications.services.drafts import NotOpen
from cityhall.crypto import CannotDecrypt
from cityhall.days import TOKYO, local_date
from cityhall.errors import StaleState
from cityhall.models import User
from counter import codes
from counter.enums import PrefillState
from counter.errors import (
    NoSuchPrefill,
    NothingChosen,
    PrefillDeleted,
    PrefillExpired,
    PrefillUsed,
    TooManyProcedures,
)
from counter.models import Prefill, PrefillProcedure
from counter.queries.offered import is_offered
from counter.sealing import Sealed, open_by_token, seal
from reservations.services import bookings

LONGEST: Final = dt.timedelta(days=30)
"""How long answers wait for a visit that has no day."""
MAX_PROCEDURES: Final = 20
"""Procedures one visit can hold."""
WIPED: Final = {"answers": "", "key_by_token": "", "key_by_spoken": ""}
"""What is left of the content when a prefill ends."""
ENDED: Final = {
    PrefillState.REDEEMED: PrefillUsed,
    PrefillState.EXPIRED: PrefillExpired,
    PrefillState.DELETED: PrefillDeleted,
}
"""What is said of one that is open no more."""


@dataclass(frozen=True)
class Kept:
    """A prefill with what it says: typed values of the combined form, and where each comes from.

    `told`: by concept, what was answered in a guide before.
    """

    prefill: Prefill
    values: dict[str, Any]
    sources: dict[str, str]
    told: dict[str, str]


def keep(
    *,
    token: str,
    procedures: Sequence[Procedure],
    values: Mapping[str, Any],
    sources: Mapping[str, str] | None = None,
    told: Mapping[str, str] | None = None,
    visit_on: dt.date | None = None,
    language: str = "ja",
    user: User | None = None,
    is_practice: bool = False,
    expected_revision: int | None = None,
    now: dt.datetime | None = None,
) -> Prefill:
    """Keep the answers to these procedures' forms under a token, or what became of them since.

    `told` are answers to a guide by concept (`home.choose`). The token is the browser's: keeping the same thing twice
    is one prefill. The code ends with the visit day (Tokyo), after 30 days at most. Raises NothingChosen,
    TooManyProcedures, NotOpen (no form to fill in at the counter), what `ENDED` says of a prefill that is over, and
    StaleState when another window has changed it since `expected_revision`. Locks the row of the prefill.
    """
    moment = now or timezone.now()
    versions = _versions_of(procedures)
    content = {"values": values, "sources": dict(sources or {}), "told": dict(told or {})}
    columns: dict[str, Any] = {
        **_columns(seal(token, content, salt=codes.lookup_of(token))),
        "visit_on": visit_on,
        "expires_at": end_of(visit_on, moment),
        "language": language,
        "changed_at": moment,
    }
    made = {"user": user, "created_at": moment, "is_practice": is_practice}
    try:
        return _written(token, versions, columns, made, expected_revision)
    except IntegrityError:
        # the same page sent twice at once: the other was faster
        return _written(token, versions, columns, made, expected_revision)


def _versions_of(procedures: Sequence[Procedure]) -> list[FormVersion]:
    if not procedures:
        raise NothingChosen
    if len(procedures) > MAX_PROCEDURES:
        raise TooManyProcedures
    return [form_of_visit(procedure) for procedure in procedures]


def _written(
    token: str,
    versions: Sequence[FormVersion],
    columns: dict[str, Any],
    made: Mapping[str, Any],
    expected: int | None,
) -> Prefill:
    """Changed, or a new row with the columns `made` as well. One transaction."""
    with transaction.atomic():
        prefill = _changed(codes.lookup_of(token), columns, expected)
        if prefill is None:
            prefill = _made(token, {**columns, **made})
        _choose(prefill, [(one.procedure_id, one.pk) for one in versions])
    return prefill


def open_kept(token: str, *, now: dt.datetime | None = None) -> Kept:
    """What is kept under a token. Raises NoSuchPrefill, or what `ENDED` says. Two statements."""
    prefill = (
        Prefill.objects.select_related("reservation__place", "reservation__service")
        .filter(lookup=codes.lookup_of(token))
        .first()
    )
    if prefill is None:
        raise NoSuchPrefill
    refuse_ended(prefill, now=now or timezone.now())
    try:
        content = open_by_token(token, sealed_of(prefill))
    except CannotDecrypt:
        # the server's key was changed since
        raise NoSuchPrefill from None
    return Kept(prefill, content["values"], content["sources"], content.get("told", {}))


def delete(*, token: str, now: dt.datetime | None = None) -> bool:
    """Wipe what is kept under a token; False when there was nothing open. Twice changes nothing.

    A booking it was for stays, and is checked in by its own code alone. Locks the reservation, then the prefill.
    """
    rows = Prefill.objects.filter(lookup=codes.lookup_of(token), state=PrefillState.OPEN)
    while (seen := rows.select_related("reservation").first()) is not None:
        with transaction.atomic():
            if seen.reservation is not None:
                bookings.detach_code(reservation=seen.reservation, now=now)
            end = ending(PrefillState.DELETED, now or timezone.now())
            # changed since it was looked at, perhaps for another booking: once more
            if rows.filter(revision=seen.revision).update(reservation=None, **end):
                return True
    return False


def form_of_visit(procedure: Procedure) -> FormVersion:
    """The form that is filled in at the counter now: the opening period of the portal does not bind there.

    Raises NotOpen, also for what is done online or elsewhere and at no desk.
    """
    version = procedure.current_version
    if version is None or not is_offered(procedure):
        raise NotOpen
    return version


def refuse_ended(prefill: Prefill, *, now: dt.datetime) -> None:
    """Raise what `ENDED` says of a prefill that is over; one whose time is up counts before the sweep has come."""
    if prefill.state in ENDED:
        raise ENDED[PrefillState(prefill.state)]
    if prefill.expires_at <= now:
        raise PrefillExpired


def ending(state: PrefillState, now: dt.datetime) -> dict[str, Any]:
    """The columns of a prefill that ends: its answers go in the same statement."""
    return {**WIPED, "state": state, "ended_at": now, "revision": F("revision") + 1}


def sealed_of(prefill: Prefill) -> Sealed:
    """The locked content of an open prefill."""
    return Sealed(prefill.answers, prefill.key_by_token, prefill.key_by_spoken)


def end_of(visit_on: dt.date | None, now: dt.datetime) -> dt.datetime:
    """When the code ends: at midnight after the visit day, never more than 30 days from now."""
    latest = now + LONGEST
    if visit_on is None:
        return latest
    day_after = visit_on + dt.timedelta(days=1)
    return min(max(dt.datetime.combine(day_after, dt.time.min, TOKYO), now), latest)


def last_day_of(prefill: Prefill) -> dt.date:
    """The last day on which the code can be read, as the pages say it."""
    return local_date(prefill.expires_at - dt.timedelta(microseconds=1))


def _columns(sealed: Sealed) -> dict[str, str]:
    return {
        "answers": sealed.answers,
        "key_by_token": sealed.key_by_token,
        "key_by_spoken": sealed.key_by_spoken,
    }


def _changed(lookup: str, columns: dict[str, Any], expected: int | None) -> Prefill | None:
    """The prefill of this token with new content, None when there is none yet. Raises what `ENDED` says, StaleState."""
    prefill = Prefill.objects.select_for_update().filter(lookup=lookup).first()
    if prefill is None:
        return None
    refuse_ended(prefill, now=columns["changed_at"])
    if expected is not None and prefill.revision != expected:
        raise StaleState
    if prefill.reservation_id is not None:
        # the day of the booking counts, also when it was moved while the page was open
        columns |= {"visit_on": prefill.visit_on, "expires_at": end_of(prefill.visit_on, columns["changed_at"])}
    for name, value in columns.items():
        setattr(prefill, name, value)
    prefill.revision += 1
    prefill.save(update_fields=[*columns, "revision"])
    return prefill


def _made(token: str, columns: Mapping[str, Any]) -> Prefill:
    return Prefill.objects.create(
        lookup=codes.lookup_of(token), spoken_lookup=codes.spoken_lookup(codes.spoken_code(token)), **columns
    )


def _choose(prefill: Prefill, chosen: Sequence[tuple[int, int]]) -> None:
    """Write which procedures it is for, in their order; the row of the prefill is locked."""
    if list(prefill.procedures.values_list("procedure_id", "form_version_id")) == list(chosen):
        return
    prefill.procedures.all().delete()
    PrefillProcedure.objects.bulk_create(
        PrefillProcedure(prefill=prefill, procedure_id=procedure, form_version_id=version, position=position)
        for position, (procedure, version) in enumerate(chosen, 1)
    )
