"""Bringing the database to what the files say, row by row, with nothing done twice."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import ProcedureState
from applications.models import LifeEvent, Procedure
from applications.services.catalogue.differences import Change, ChangeKind, column_label
from applications.services.catalogue.guides import load_guides, read_guides
from applications.services.catalogue.planning import Ground, Plan, Wishes, plan
from applications.services.catalogue.problems import CatalogueError, Problem
from applications.services.catalogue.reading import LifeEventEntry, ProcedureEntry, read_catalogue
from applications.services.finding import procedures_changed
from applications.services.publishing import publish
from applications.services.seats import BelowTaken, set_capacity
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit


def load_catalogue(
    *,
    folder: Path,
    only: Sequence[str] = (),
    replaces_own: bool = False,
    departments: Mapping[str, str] | None = None,
    dry_run: bool = False,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> list[Change]:
    """Load the catalogue's life events, procedures and guides; what each changed.

    One transaction: all of it or nothing. Loading the same files again writes nothing. A changed form
    becomes a new version; forms, texts and city settings follow the files until the city changes them,
    forms and texts with `replaces_own` even then. Procedures that no file names stay as they are. `only`
    takes these procedures, no life events and no guides. `departments` says which department of this city a code of
    the files stands for. A dry run does the same work and takes it back. Raises CatalogueError with every
    problem found.
    """
    catalogue, guides = read_catalogue(folder), [] if only else read_guides(folder)
    entries = [entry for entry in catalogue.procedures if not only or entry.key in only]
    _refuse_unknown(only, [entry.key for entry in catalogue.procedures])
    wishes = Wishes(departments or {}, replace=[entry.key for entry in entries] if replaces_own else ())
    moment = now or timezone.now()
    with transaction.atomic():
        # life events first: procedures point at them
        changes = _load_life_events(_of_interest(catalogue.life_events, entries, only), replaces_own)
        ground = Ground(entries)
        problems = [problem for entry in entries for problem in ground.problems(entry, wishes)]
        if problems:
            raise CatalogueError(problems)
        changes += [carry_out(plan(entry, ground, wishes), by=by, now=moment) for entry in entries]
        if not only:
            # guides last: they point at life events and procedures
            changes += load_guides(guides, departments=wishes.departments, replaces_own=replaces_own)
        if dry_run:
            transaction.set_rollback(True)
    return changes


def _refuse_unknown(only: Sequence[str], known: Sequence[str]) -> None:
    problems = [Problem(f"{key}.yaml", "", _("この手続のファイルはありません。")) for key in only if key not in known]
    if problems:
        raise CatalogueError(problems)


def _of_interest(
    events: Sequence[LifeEventEntry], entries: Sequence[ProcedureEntry], only: Sequence[str]
) -> list[LifeEventEntry]:
    """All life events, or with `only` those the chosen procedures point at."""
    needed = {key for entry in entries for key in entry.life_events}
    return [event for event in events if not only or event.key in needed]


def _load_life_events(entries: Sequence[LifeEventEntry], replaces_own: bool) -> list[Change]:
    rows = {row.key: row for row in LifeEvent.objects.all()}
    return [_load_life_event(entry, rows.get(entry.key), replaces_own) for entry in entries]


def _load_life_event(entry: LifeEventEntry, row: LifeEvent | None, replaces_own: bool) -> Change:
    values: dict[str, Any] = {"name": entry.name, "summary": entry.summary, "position": entry.position}
    # the city's words go before the files'
    own = {} if row is None else row.names
    values["names"] = {**own, **entry.names} if replaces_own else {**entry.names, **own}
    if row is None:
        LifeEvent.objects.create(key=entry.key, **values)
        return Change(entry.key, entry.name, ChangeKind.NEW)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return Change(entry.key, entry.name)
    LifeEvent.objects.filter(pk=row.pk).update(**values)
    labels = [column_label(LifeEvent, name) for name in changed]
    return Change(entry.key, entry.name, ChangeKind.CHANGED, lines=labels)


def carry_out(made: Plan, *, by: User | None, now: dt.datetime) -> Change:
    """Write what was planned, in the caller's transaction. Audited when anything changes.

    Raises CatalogueError when more places are taken than the file offers.
    """
    row = _create(made, now) if made.row is None else _update(made.row, made, now)
    if made.change.kind != ChangeKind.UNCHANGED:
        procedures_changed()
        audit.record(
            action=AuditAction.IMPORT,
            actor=by,
            target_type="applications.procedure",
            target_id=row.key,
            target_label=made.change.name,
            department_code=row.department.code,
            detail=" / ".join(made.change.lines),
        )
    return made.change


def _create(made: Plan, now: dt.datetime) -> Procedure:
    values = dict(made.values)
    # published needs a form, and the form needs the row
    state = values.pop("state")
    row = Procedure.objects.create(
        key=made.entry.key,
        state=ProcedureState.DRAFT,
        catalogue_settings=made.memory,
        created_at=now,
        **values,
    )
    row.life_events.set(made.life_events or ())
    if made.form is not None:
        publish(procedure=row, form=made.form, change_note=made.entry.change_note, now=now)
    if state != ProcedureState.DRAFT:
        Procedure.objects.filter(pk=row.pk).update(state=state)
    return row


def _update(row: Procedure, made: Plan, now: dt.datetime) -> Procedure:
    if made.form is not None:
        publish(procedure=row, form=made.form, change_note=made.entry.change_note, now=now)
    changed = dict(made.values)
    if made.memory != row.catalogue_settings:
        changed["catalogue_settings"] = made.memory
    if "capacity" in changed:
        _set_capacity(row, made, changed.pop("capacity"), now)
    if changed:
        Procedure.objects.filter(pk=row.pk).update(**changed)
    if made.life_events is not None and {one.pk for one in row.life_events.all()} != {
        one.pk for one in made.life_events
    }:
        row.life_events.set(made.life_events)
    return row


def _set_capacity(row: Procedure, made: Plan, capacity: int | None, now: dt.datetime) -> None:
    """More places let the waiting list move up. Raises CatalogueError."""
    try:
        set_capacity(row, capacity, now=now)
    except BelowTaken as error:
        raise CatalogueError([Problem(made.entry.file, "capacity", str(error))]) from None
