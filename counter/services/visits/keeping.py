"""Typing that is saved by itself: a tablet that falls down, loses its network or is left loses nothing.

One opening of a page has a `request_key`, and counts what it sends. The visit remembers the last one: the same sent
again is not done again, and a page need not know whether what it sent before arrived.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from applications.definition import Page
from applications.typed import NOT_TYPED, with_closed_rows
from cityhall.errors import StaleState
from cityhall.models import User
from counter.entries import Entries
from counter.enums import Source, VisitEventKind, VisitState
from counter.models import CertificateOrder, Visit
from counter.services.visits.states import touch

LONGEST_KEY: Final = 40


def keep_typing(
    visit: Visit,
    *,
    page: Page,
    typed: Mapping[str, Any],
    source: Source,
    by: User,
    request_key: str,
    number: int,
    requester: Mapping[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> int:
    """Keep what stands on a page while somebody types, right or wrong. Marks stay: nobody has finished looking.

    The revision of the visit that the page stands on from now on.
    `visit.revision` is the one the page was made from. What this opening of the page saved before counts as seen, also
    where its answer was lost. What arrived before (`number`) changes nothing. One event for each opening of a page.
    `requester` is the form of who asks for certificates, kept as it stands; it is typed before the first question, too.
    Locks the visit. Raises StaleState when somebody else changed it, or when it is not being filled in.
    """
    key = request_key[:LONGEST_KEY]
    with transaction.atomic():
        row = Visit.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.pk)
        is_own = bool(key) and row.typed_key == key
        is_open = row.state == VisitState.FILLING or (requester is not None and row.state == VisitState.IDENTIFIED)
        if is_open and is_own and number <= row.typed_number:
            # not what it is now: somebody else may have changed it since, which this page has not seen
            return row.typed_revision
        entries = _with_typing(row, page, typed, source)
        if is_open and entries == Entries.of(row) and (requester is None or _is_kept(row, requester)):
            # whoever changed the visit since: of this page it says what the page says
            return row.revision
        seen = row.revision if is_own and row.typed_revision == row.revision else visit.revision
        if not is_open or row.revision != seen:
            raise StaleState
        if requester is not None:
            CertificateOrder.objects.filter(visit=row).update(typed=dict(requester))
        event = None if is_own else VisitEventKind.SAVED
        _write(row, entries, key, number, event=event, by=by, detail=page.key, now=now or timezone.now())
    return row.revision


def _write(row: Visit, entries: Entries, key: str, number: int, **noted: Any) -> None:
    """Keep it, and what this opening of the page saved last (`touch` takes the rest)."""
    touch(
        row,
        values_revision=row.values_revision + (entries.values != row.values),
        typed_key=key,
        typed_number=number,
        typed_revision=row.revision + 1,
        **noted,
        **entries.columns(),
    )


def _is_kept(row: Visit, requester: Mapping[str, Any]) -> bool:
    """Also of a visit that is served the long way by now: nobody asks who asks there."""
    order = CertificateOrder.objects.filter(visit=row).first()
    return order is None or not order.is_short or order.typed == requester


def with_own_typing(visit: Visit, request_key: str) -> Visit:
    """Take as seen what the page that sends this has saved by itself since it was opened.

    Its last saving may have arrived while somebody pressed the button.
    """
    key = request_key[:LONGEST_KEY]
    if not key:
        return visit
    row = Visit.objects.only("revision", "typed_key", "typed_revision").get(pk=visit.pk)
    if row.typed_key == key and row.typed_revision == row.revision and row.revision > visit.revision:
        visit.refresh_from_db()
    return visit


def _with_typing(row: Visit, page: Page, typed: Mapping[str, Any], source: Source) -> Entries:
    here = with_closed_rows(page.fields, dict(typed), row.values)
    entries = Entries.of(row)
    for field in page.fields:
        if field.type not in NOT_TYPED:
            entries = entries.put(field, here.get(field.key), source)
    return entries
