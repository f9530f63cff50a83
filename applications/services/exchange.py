"""Procedures of another city: looked at first, then taken over piece by piece (共同利用)."""

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.definition import fingerprint
from applications.models import LifeEvent, Procedure
from applications.services import exchange_guides, imports
from applications.services.catalogue import FOLDER
from applications.services.catalogue.differences import Change, ChangeKind
from applications.services.catalogue.glossaries import glossaries
from applications.services.catalogue.guides import GuideEntry
from applications.services.catalogue.loading import carry_out
from applications.services.catalogue.memory import text_of
from applications.services.catalogue.packages import read_package
from applications.services.catalogue.planning import Ground, Plan, Wishes, plan
from applications.services.catalogue.problems import Problem
from applications.services.catalogue.reading import (
    LIFE_EVENTS,
    Catalogue,
    CatalogueFiles,
    LifeEventEntry,
    ProcedureEntry,
    read_files,
    with_names,
)
from applications.services.exchange_guides import GuideOutlook, GuidePlan
from cityhall.db import violated
from cityhall.errors import DomainError
from cityhall.models import Department, StoredFile, User
from notices.models import NoticeType
from notices.services.catalogue import TYPES_FOLDER, known_types, load_types

_ZIP, _YAML = "application/zip", "application/yaml"
CONTENT_TYPES = frozenset({_ZIP, _YAML})
_MADE_BY_TWO = frozenset(
    {"applications_procedure_key_key", "applications_lifeevent_key_key", "notices_noticetype_key_key"}
)
"""The same new row by two people at once."""
_MOVING = frozenset({"taken_seats", "catalogue_settings"})
"""Columns that change without anybody deciding anything."""


class NothingChosen(DomainError):
    code = "nothing_chosen"
    message = _("取り込む手続を一つ以上選んでください。")


@dataclass(frozen=True)
class ReadFile:
    """An upload read and checked as far as that goes without the city's own rows."""

    sha256: str
    """Of the bytes that were read: the content stands for this file and no other."""
    catalogue: Catalogue
    shared_life_events: tuple[LifeEventEntry, ...]
    guides: tuple[GuideEntry, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """What an import would do. `plans` may be carried out; `problems` say what keeps the others out."""

    plans: tuple[Plan, ...]
    problems: tuple[Problem, ...]
    life_events: tuple[LifeEventEntry, ...]
    notice_types: tuple[NoticeType, ...]
    unknown_departments: tuple[str, ...]
    guides: tuple[GuidePlan, ...]
    seen: str
    """A mark of the file and of the database: taking over names it."""


def keep_upload(*, name: str, data: bytes, by: User, now: dt.datetime | None = None) -> StoredFile:
    """Store an upload for a day, in quarantine, once it is seen to be a package. Raises PackageRefused."""
    read_package(name, data)
    content_type = _ZIP if data.startswith(b"PK") else _YAML
    return imports.keep(name=name, data=data, content_type=content_type, by=by, now=now)


def read_upload(stored: StoredFile) -> ReadFile:
    """Unpack and parse the file. The slow part of an import: once a request, and never under a lock.

    Raises FileGone, PackageRefused.
    """
    data = imports.bytes_of(stored)
    shared = _shared_life_events()
    known = {event.key for event in shared} | set(LifeEvent.objects.values_list("key", flat=True))
    files = read_package(stored.name, data)
    catalogue = read_files(files, known_life_events=known)
    guides, problems = exchange_guides.read_entries(files.guides)
    catalogue = replace(catalogue, problems=(*catalogue.problems, *problems))
    return ReadFile(hashlib.sha256(data).hexdigest(), catalogue, tuple(shared), guides)


def look(read: ReadFile, wishes: Wishes) -> Outlook:
    """What taking the file over would change; nothing is written."""
    catalogue = read.catalogue
    entries = catalogue.procedures
    needed = {key for entry in entries for key in entry.life_events} | {guide.key for guide in read.guides}
    events = _missing_life_events([*catalogue.life_events, *read.shared_life_events], needed)
    if events:
        words = glossaries(FOLDER, [])
        events = [with_names(event, words) for event in events]
    types, waiting = _missing_types(entries, wishes)
    ground = Ground(entries, to_come=[*(_as_row(event) for event in events), *types])
    unknown = set(waiting.values()) | {
        entry.settings["department"]
        for entry in entries
        if entry.key not in ground.procedures and ground.department(entry, wishes) is None
    }
    plans, problems = _plans(entries, ground, wishes, waiting)
    guides = exchange_guides.look_at(
        read.guides,
        departments=wishes.departments,
        coming=[entry.key for entry in entries],
        events=[event.key for event in events],
    )
    return Outlook(
        tuple(plans),
        (*catalogue.problems, *problems, *guides.problems),
        tuple(events),
        tuple(types),
        tuple(sorted(unknown | guides.unknown_departments)),
        guides.plans,
        _seen(read, ground, wishes, guides),
    )


def shared_life_event_keys() -> frozenset[str]:
    """Life events that every city has, because they come with the product."""
    return frozenset(event.key for event in _shared_life_events())


def _shared_life_events() -> list[LifeEventEntry]:
    """Those that come with the product, for files that bring none."""
    data = (FOLDER / LIFE_EVENTS).read_bytes()
    return list(read_files(CatalogueFiles({}, data, allows_references=True)).life_events)


def _missing_life_events(offered: Sequence[LifeEventEntry], needed: set[str]) -> list[LifeEventEntry]:
    """Life events of these that this city does not have. What it has keeps its name and place."""
    needed = needed - set(LifeEvent.objects.filter(key__in=needed).values_list("key", flat=True))
    found: dict[str, LifeEventEntry] = {}
    for event in offered:
        if event.key in needed:
            found.setdefault(event.key, event)
    return list(found.values())


def _as_row(entry: LifeEventEntry) -> LifeEvent:
    return LifeEvent(
        key=entry.key, name=entry.name, names=dict(entry.names), summary=entry.summary, position=entry.position
    )


def _missing_types(entries: Sequence[ProcedureEntry], wishes: Wishes) -> tuple[list[NoticeType], dict[str, str]]:
    """Kinds of notices of the product that the procedures need and the city does not have.

    Those of a department that nobody has chosen yet come apart, with its code.
    """
    needed = {key for entry in entries for key in (entry.approval_notice, entry.refusal_notice) if key}
    needed -= set(NoticeType.objects.filter(key__in=needed).values_list("key", flat=True))
    if not needed:
        return [], {}
    codes = set(Department.objects.values_list("code", flat=True))
    types: list[NoticeType] = []
    waiting: dict[str, str] = {}
    for key, entry in known_types(TYPES_FOLDER).items():
        code = entry.get("department") or ""
        if key not in needed:
            continue
        if code and wishes.departments.get(code, code) not in codes:
            waiting[key] = code
        else:
            types.append(NoticeType(key=key, name=entry["name"]))
    return types, waiting


def _plans(
    entries: Sequence[ProcedureEntry], ground: Ground, wishes: Wishes, waiting: Collection[str]
) -> tuple[list[Plan], list[Problem]]:
    """What can be done, and what keeps the rest out. A department still to be chosen is no mistake of the file."""
    plans, problems = [], []
    for entry in entries:
        found = list(ground.problems(entry, wishes))
        problems += [one for one in found if not _is_waiting(one, entry, waiting)]
        if not found:
            plans.append(plan(entry, ground, wishes))
    return plans, problems


def _is_waiting(problem: Problem, entry: ProcedureEntry, waiting: Collection[str]) -> bool:
    is_notice = problem.path in ("approval_notice", "refusal_notice")
    return problem.path == "department" or (is_notice and getattr(entry, problem.path) in waiting)


def _seen(read: ReadFile, ground: Ground, wishes: Wishes, guides: GuideOutlook) -> str:
    columns = [column.attname for column in Procedure._meta.concrete_fields if column.name not in _MOVING]
    rows: dict[str, Any] = {
        key: {name: str(getattr(row, name)) for name in columns} | {"life_events": text_of(row, "life_events")}
        for key, row in ground.procedures.items()
    }
    known = {
        "departments": sorted(ground.departments),
        "notice_types": sorted(ground.notice_types),
        "life_events": sorted(ground.life_events),
        "chosen": dict(wishes.departments),
    }
    return fingerprint({"file": read.sha256, "rows": rows, "known": known, "guides": guides.mark})


def take_over(
    *,
    stored: StoredFile,
    read: ReadFile,
    keys: Collection[str],
    guides: Collection[str] = (),
    wishes: Wishes,
    seen: str,
    by: User,
    now: dt.datetime | None = None,
) -> list[Change]:
    """Take the chosen procedures and guides over, with the life events and kinds of notices they need; what changed.

    One transaction: all of it or nothing. What has been taken over already changes nothing, so asking
    twice is harmless. `read` is the file's content, parsed before anything is locked. Audited. Locks the
    file, then the procedures in the order of their ids. Raises NothingChosen, FileNotChecked, FileGone
    (also when `read` is another file's content), ChangedSinceLook, CatalogueError.
    """
    try:
        with transaction.atomic():
            if imports.lock(stored).sha256 != read.sha256:
                raise imports.FileGone
            list(Procedure.objects.select_for_update(no_key=True).filter(key__in=keys).order_by("pk"))
            outlook = look(read, wishes)
            chosen = [one for one in outlook.plans if one.entry.key in keys]
            versions = [one for one in outlook.guides if one.entry.key in guides]
            if not chosen and not versions:
                raise NothingChosen
            changes = [*(one.change for one in chosen), *(one.change for one in versions)]
            if all(change.kind == ChangeKind.UNCHANGED for change in changes):
                return changes
            if outlook.seen != seen:
                raise imports.ChangedSinceLook
            _make_life_events(outlook, {key for one in chosen for key in one.entry.life_events} | {*guides})
            entries = [one.entry for one in chosen]
            done = _carry_out(entries, outlook, wishes, by=by, now=now or timezone.now())
            return [*done, *exchange_guides.store(versions, by=by)]
    except IntegrityError as error:
        if violated(error) in _MADE_BY_TWO:
            raise imports.ChangedSinceLook from None
        raise


def _make_life_events(outlook: Outlook, needed: Collection[str]) -> None:
    """Before the procedures and guides that point at them."""
    for event in outlook.life_events:
        if event.key in needed:
            _as_row(event).save()


def _carry_out(
    entries: Sequence[ProcedureEntry], outlook: Outlook, wishes: Wishes, *, by: User, now: dt.datetime
) -> list[Change]:
    """Kinds of notices first: the procedures point at them."""
    notices = {key for entry in entries for key in (entry.approval_notice, entry.refusal_notice)}
    missing = {one.key for one in outlook.notice_types} & notices
    if missing:
        load_types(TYPES_FOLDER, only=missing, departments=wishes.departments)
    ground = Ground(entries)
    return [carry_out(plan(entry, ground, wishes), by=by, now=now) for entry in entries]
