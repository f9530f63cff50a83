"""What is brought, known and said: filled in, saved page by page, taken from another source."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from applications.definition import Field, Page
from applications.typed import NOT_TYPED, with_closed_rows
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from counter.card import attributes_of
from counter.card_values import with_card
from counter.entries import Entries
from counter.enums import Source, VisitEventKind, VisitState
from counter.forms import combined_of
from counter.models import Visit
from counter.queries.sources import known_of
from counter.queries.visits import chosen_procedures
from counter.services.visits.states import touch
from counter.told import retold

_FILLABLE = frozenset({VisitState.IDENTIFIED, VisitState.FILLING})


def fill_known(visit: Visit, by: User, *, now: dt.datetime | None = None) -> Visit:
    """Fill what is blank with what the city holds about the person; where somebody said otherwise, both are kept.

    Called once it is known who came, and whenever procedures were added. What `by` may not see is left out. Twice
    changes nothing. Reading the record is audited. Raises StaleState.
    """
    moment = now or timezone.now()
    if visit.state not in _FILLABLE:
        raise StaleState
    combined = combined_of(chosen_procedures(visit), at_desk=True)
    entries = Entries.of(visit)
    for key, value in known_of(visit, combined, by).items():
        entries = entries.fill(combined.form.by_key[key], value, Source.RECORD)
    if card := attributes_of(visit):
        entries = with_card(entries, combined, card)
    with transaction.atomic():
        if visit.resident:
            _record_read(visit, visit.resident.public_id, by)
        _keep(visit, entries, by=by, now=moment, detail=Source.RECORD)
    return visit


def fill_told(visit: Visit, told: Mapping[str, str], by: User, *, now: dt.datetime | None = None) -> Visit:
    """What staff just asked in a guide (`guide.told_anew`), by the rule of home: the last guide's word takes the place
    of an earlier one's, or takes it back; beside what anybody else said it stands as another source. Raises StaleState.
    """
    if visit.state not in _FILLABLE:
        raise StaleState
    combined = combined_of(chosen_procedures(visit), at_desk=True)
    said, entries = retold(combined, told), Entries.of(visit)
    if said.silent:
        entries = entries.without(Source.GUIDE, but=entries.sources.keys() - said.silent)
    for key, value in said.values.items():
        entries = entries.fill(combined.form.by_key[key], value, Source.GUIDE)
    with transaction.atomic():
        _keep(visit, entries, by=by, now=now or timezone.now(), detail="guide")
    return visit


def save_page(
    visit: Visit,
    *,
    page: Page,
    typed: Mapping[str, Any],
    source: Source,
    by: User,
    is_settled: bool = True,
    stale: Iterable[tuple[Field, Any]] = (),
    now: dt.datetime | None = None,
) -> Visit:
    """Keep what stands on one page, right or wrong; what changed has this source, what it said before stays beside it.

    `stale`: questions of other pages, with what is left of what had followed from this one (`Filling.stale_in`).
    `is_settled`: whoever sent the page has looked at its marks. Raises StaleState when the visit changed since it was
    read, or is not being filled in.
    """
    if visit.state != VisitState.FILLING:
        raise StaleState
    here = with_closed_rows(page.fields, dict(typed), visit.values)
    entries = Entries.of(visit)
    for field in page.fields:
        if field.type not in NOT_TYPED:
            entries = entries.put(field, here.get(field.key), source)
    for field, left in stale:
        entries = entries.follow(field, left)
    if is_settled:
        entries = entries.settled(page)
    with transaction.atomic():
        _keep(visit, entries, by=by, now=now or timezone.now(), detail=page.key)
    return visit


def take(visit: Visit, *, key: str, source: Source, by: User, now: dt.datetime | None = None) -> Visit:
    """Put in force what another source says of a question. Twice is once. Raises StaleState."""
    if visit.state != VisitState.FILLING:
        raise StaleState
    combined = combined_of(chosen_procedures(visit), at_desk=True)
    field = combined.form.by_key.get(key)
    if field is None:
        return visit
    entries = Entries.of(visit).take(field, source)
    with transaction.atomic():
        _keep(visit, entries, by=by, now=now or timezone.now(), detail=f"{key} {source}")
    return visit


def _keep(visit: Visit, entries: Entries, *, by: User, now: dt.datetime, detail: str) -> None:
    """Write what changed, in the caller's transaction; what was signed before was signed for another revision."""
    before = Entries.of(visit)
    if entries == before:
        return
    has_new_values = entries.values != before.values
    touch(
        visit,
        event=VisitEventKind.SAVED,
        by=by,
        now=now,
        detail=detail,
        values_revision=visit.values_revision + has_new_values,
        **entries.columns(),
    )


def _record_read(visit: Visit, resident_id: str, by: User) -> None:
    audit.record(
        action=AuditAction.READ,
        actor=by,
        target_type="resident",
        target_id=resident_id,
        detail=f"visit {visit.public_id}",
    )
