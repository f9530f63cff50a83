"""Bringing the database to what the files say, row by row, with nothing done twice."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.definition import DefinitionError, Form, document_of, fingerprint, form_of
from applications.enums import ProcedureState
from applications.models import LifeEvent, Procedure
from applications.services.catalogue.differences import Change, ChangeKind, column_label, column_lines, form_lines
from applications.services.catalogue.problems import CatalogueError, Problem
from applications.services.catalogue.reading import LifeEventEntry, ProcedureEntry, read_catalogue
from applications.services.publishing import publish
from applications.services.seats import set_capacity
from cityhall.enums import AuditAction
from cityhall.models import Department, User
from cityhall.services import audit
from notices.models import NoticeType

CITY_SETTINGS = (
    "department",
    "state",
    "channels",
    "fee",
    "standard_days",
    "needs_approval",
    "retention_years",
    "opens_at",
    "closes_at",
    "capacity",
    "has_waiting_list",
    "position",
)
"""Columns that a city may change in its admin; such a change survives every later load."""


def load_catalogue(
    *,
    folder: Path,
    only: Sequence[str] = (),
    dry_run: bool = False,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> list[Change]:
    """Load the catalogue's life events and procedures; what each changed.

    One transaction: all of it or nothing. Loading the same files again writes nothing. A changed form
    becomes a new version; texts follow the files; a city setting follows them until the city changes it.
    Procedures that no file names stay as they are. `only` takes these procedures and no life events.
    A dry run does the same work and takes it back. Raises CatalogueError with every problem found.
    """
    catalogue = read_catalogue(folder)
    entries = [entry for entry in catalogue.procedures if not only or entry.key in only]
    _refuse_unknown(only, [entry.key for entry in catalogue.procedures])
    moment = now or timezone.now()
    with transaction.atomic():
        # life events first: procedures point at them
        changes = _load_life_events(_of_interest(catalogue.life_events, entries, only))
        context = _Context(entries)
        context.check(entries)
        changes += [_load_procedure(entry, context, by=by, now=moment) for entry in entries]
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


class _Context:
    """What the rows of all files need from the database, read once."""

    def __init__(self, entries: Sequence[ProcedureEntry]) -> None:
        keys = [entry.key for entry in entries]
        self.departments = {row.code: row for row in Department.objects.all()}
        self.notice_types = {row.key: row for row in NoticeType.objects.all()}
        self.life_events = {row.key: row for row in LifeEvent.objects.all()}
        rows = Procedure.objects.filter(key__in=keys).select_related(
            "current_version", "department", "approval_notice_type", "refusal_notice_type"
        )
        self.procedures = {row.key: row for row in rows.prefetch_related("life_events")}

    def check(self, entries: Sequence[ProcedureEntry]) -> None:
        """Every department and notice type that a file names must exist. Raises CatalogueError."""
        problems = []
        for entry in entries:
            code = entry.settings["department"]
            if code not in self.departments:
                reason = _("課 %(code)s が登録されていません。先に課を登録してください。") % {"code": code}
                problems.append(Problem(entry.file, "department", reason))
            for name in ("approval_notice", "refusal_notice"):
                key = getattr(entry, name)
                if key and key not in self.notice_types:
                    problems.append(Problem(entry.file, name, _("通知の種類 %(key)s がありません。") % {"key": key}))
        if problems:
            raise CatalogueError(problems)

    def columns(self, entry: ProcedureEntry) -> dict[str, Any]:
        """The columns that follow the file in any case."""
        return {
            **entry.texts,
            "approval_notice_type": self.notice_types.get(entry.approval_notice),
            "refusal_notice_type": self.notice_types.get(entry.refusal_notice),
        }


def _load_life_events(entries: Sequence[LifeEventEntry]) -> list[Change]:
    rows = {row.key: row for row in LifeEvent.objects.all()}
    return [_load_life_event(entry, rows.get(entry.key)) for entry in entries]


def _load_life_event(entry: LifeEventEntry, row: LifeEvent | None) -> Change:
    values = {"name": entry.name, "summary": entry.summary, "position": entry.position}
    if row is None:
        LifeEvent.objects.create(key=entry.key, **values)
        return Change(entry.key, entry.name, ChangeKind.NEW)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return Change(entry.key, entry.name)
    LifeEvent.objects.filter(pk=row.pk).update(**values)
    labels = [column_label(LifeEvent, name) for name in changed]
    return Change(entry.key, entry.name, ChangeKind.CHANGED, lines=labels)


def _load_procedure(entry: ProcedureEntry, context: _Context, *, by: User | None, now: dt.datetime) -> Change:
    row = context.procedures.get(entry.key)
    change = _create(entry, context, now) if row is None else _update(row, entry, context, now)
    if change.kind != ChangeKind.UNCHANGED:
        audit.record(
            action=AuditAction.IMPORT,
            actor=by,
            target_type="applications.procedure",
            target_id=entry.key,
            target_label=change.name,
            department_code=entry.settings["department"],
            detail=" / ".join(change.lines),
        )
    return change


def _create(entry: ProcedureEntry, context: _Context, now: dt.datetime) -> Change:
    settings = {**entry.settings, "department": context.departments[entry.settings["department"]]}
    # published needs a form, and the form needs the row
    state = settings.pop("state")
    row = Procedure.objects.create(
        key=entry.key,
        state=ProcedureState.DRAFT,
        catalogue_settings=_as_json(entry.settings),
        created_at=now,
        **context.columns(entry),
        **settings,
    )
    row.life_events.set([context.life_events[key] for key in entry.life_events])
    if entry.form is not None:
        publish(procedure=row, form=entry.form, change_note=entry.change_note, now=now)
    if state != ProcedureState.DRAFT:
        Procedure.objects.filter(pk=row.pk).update(state=state)
    return Change(entry.key, row.name, ChangeKind.NEW, lines=form_lines(None, entry.form) if entry.form else [])


def _update(row: Procedure, entry: ProcedureEntry, context: _Context, now: dt.datetime) -> Change:
    change = Change(entry.key, entry.texts["name"])
    form = _new_form(row, entry)
    if form is not None:
        change.lines += form_lines(_form_of(row), form)
        publish(procedure=row, form=form, change_note=entry.change_note, now=now)
    change.lines += _update_columns(row, entry, context, change)
    change.lines += _update_life_events(row, entry, context)
    if change.lines:
        change.kind = ChangeKind.CHANGED
    return change


def _new_form(row: Procedure, entry: ProcedureEntry) -> Form | None:
    """The file's form when it is another one than the current version."""
    if entry.form is None:
        return None
    current = row.current_version
    return entry.form if current is None or current.sha256 != fingerprint(document_of(entry.form)) else None


def _form_of(row: Procedure) -> Form | None:
    if row.current_version is None:
        return None
    try:
        return form_of(row.current_version)
    except DefinitionError:
        # a version of an older schema: every question shows as new
        return None


def _update_columns(row: Procedure, entry: ProcedureEntry, context: _Context, change: Change) -> list[str]:
    values = context.columns(entry)
    for name in CITY_SETTINGS:
        if _is_city_own(row, name):
            if _as_json(entry.settings)[name] != _setting(row, name):
                change.kept.append(column_label(Procedure, name))
        else:
            value = entry.settings[name]
            if name == "capacity":
                _refuse_too_few_seats(row, entry)
            values[name] = context.departments[value] if name == "department" else value
    lines = column_lines(row, values)
    given = _given(row, entry)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if given != row.catalogue_settings:
        changed["catalogue_settings"] = given
    if "capacity" in changed:
        # more places let the waiting list move up
        set_capacity(row, changed.pop("capacity"), now=timezone.now())
    if changed:
        Procedure.objects.filter(pk=row.pk).update(**changed)
    return lines


def _refuse_too_few_seats(row: Procedure, entry: ProcedureEntry) -> None:
    """Raises CatalogueError when more places are taken than the file offers."""
    capacity = entry.settings["capacity"]
    if capacity is not None and capacity < row.taken_seats:
        reason = _("すでに%(taken)s人を受け付けているため、定員を%(capacity)s人にできません。")
        words = {"taken": row.taken_seats, "capacity": capacity}
        raise CatalogueError([Problem(entry.file, "capacity", reason % words)])


def _is_city_own(row: Procedure, name: str) -> bool:
    """Whether the city changed the setting since the catalogue last set it."""
    return name in row.catalogue_settings and row.catalogue_settings[name] != _setting(row, name)


def _given(row: Procedure, entry: ProcedureEntry) -> dict[str, Any]:
    """What the catalogue has set: of a setting that the city changed, what it was before."""
    new = _as_json(entry.settings)
    return {name: row.catalogue_settings[name] if _is_city_own(row, name) else new[name] for name in CITY_SETTINGS}


def _setting(row: Procedure, name: str) -> Any:
    value = row.department.code if name == "department" else getattr(row, name)
    return _plain(value)


def _as_json(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in settings.items()}


def _plain(value: Any) -> Any:
    """One spelling of a moment, whatever zone it came in."""
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def _update_life_events(row: Procedure, entry: ProcedureEntry, context: _Context) -> list[str]:
    old = {event.key for event in row.life_events.all()}
    new = set(entry.life_events)
    if old == new:
        return []
    row.life_events.set([context.life_events[key] for key in entry.life_events])
    label = column_label(Procedure, "life_events")
    return [_("%(label)s: %(old)s → %(new)s") % {"label": label, "old": _keys(old), "new": _keys(new)}]


def _keys(keys: set[str]) -> str:
    return "、".join(sorted(keys)) or _("（なし）")
