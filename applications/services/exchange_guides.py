"""Guides in a file of another city: looked at beside its procedures, then stored as versions that nobody sees yet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.definition import DefinitionError, fingerprint
from applications.guide import Guide, check, guide_of, parse, references_of
from applications.models import GuideVersion, LifeEvent
from applications.queries.guide import reference_problems
from applications.services.catalogue.differences import Change, ChangeKind
from applications.services.catalogue.guides import GuideEntry, entry_of, guide_lines, with_departments
from applications.services.catalogue.problems import CatalogueError, Problem
from applications.services.catalogue.yaml_files import read_yaml
from applications.services.guides import add_version
from cityhall.models import Department, User


@dataclass(frozen=True)
class GuidePlan:
    """What becomes of one guide: a version that is not there yet, or nothing."""

    entry: GuideEntry
    document: dict[str, Any]
    change: Change
    # id of the version in force that the lines of the change compare with
    current: int | None

    @property
    def is_new(self) -> bool:
        return self.change.kind != ChangeKind.UNCHANGED


@dataclass(frozen=True)
class GuideOutlook:
    plans: tuple[GuidePlan, ...] = ()
    problems: tuple[Problem, ...] = ()
    unknown_departments: frozenset[str] = frozenset()

    @property
    def mark(self) -> list[Any]:
        """Of what a page shows: taking over compares it."""
        return [[plan.entry.key, plan.current, plan.is_new, fingerprint(plan.document)] for plan in self.plans]


def read_entries(files: Mapping[str, bytes]) -> tuple[tuple[GuideEntry, ...], tuple[Problem, ...]]:
    """The guides of a package, and what keeps files from being read."""
    entries, problems = [], []
    for name, data in files.items():
        try:
            entries.append(entry_of(name, read_yaml(name, data)))
        except CatalogueError as error:
            problems.extend(error.problems)
    return tuple(entries), tuple(problems)


def look_at(
    entries: Sequence[GuideEntry], *, departments: Mapping[str, str], coming: Collection[str], events: Collection[str]
) -> GuideOutlook:
    """What storing the guides would come to; nothing is written.

    `coming` are procedures, `events` life events that the same file brings: a guide may name them.
    """
    known = set(Department.objects.values_list("code", flat=True))
    rows = {row.key: row for row in LifeEvent.objects.select_related("current_guide")}
    plans: list[GuidePlan] = []
    problems: list[Problem] = []
    unknown: set[str] = set()
    for entry in entries:
        document = with_departments(entry.document, departments)
        if entry.key not in rows and entry.key not in events:
            problems.append(Problem(entry.file, "", _("ライフイベント %(key)s がありません。") % {"key": entry.key}))
            continue
        try:
            guide = _checked(document, coming)
        except DefinitionError as error:
            strange = _departments_of(document) - known
            # a department can be chosen on the page: the rest of the file is judged when it is
            unknown |= strange
            if not strange:
                problems += [Problem(entry.file, one.where, one.message) for one in error.problems]
        else:
            row = rows.get(entry.key)
            change = _change(entry, document, guide, row)
            plans.append(GuidePlan(entry, document, change, row.current_guide_id if row else None))
    return GuideOutlook(tuple(plans), tuple(problems), frozenset(unknown))


def store(plans: Sequence[GuidePlan], *, by: User) -> list[Change]:
    """Make versions of the guides, in the caller's transaction, after the procedures; none of them is public yet.

    Audited. Raises DefinitionError for a guide that names a procedure nobody chose.
    """
    rows = {row.key: row for row in LifeEvent.objects.filter(key__in=[plan.entry.key for plan in plans])}
    for plan in plans:
        add_version(life_event=rows[plan.entry.key], document=plan.document, change_note=plan.entry.change_note, by=by)
    return [plan.change for plan in plans]


def _checked(document: dict[str, Any], coming: Collection[str]) -> Guide:
    guide = parse(document)
    problems = [*check(guide), *reference_problems(guide, coming=coming)]
    if problems:
        raise DefinitionError.of(tuple(problems))
    return guide


def _departments_of(document: dict[str, Any]) -> set[str]:
    try:
        return set(references_of(parse(document))[1])
    except DefinitionError:
        return set()


def _change(entry: GuideEntry, document: dict[str, Any], guide: Guide, row: LifeEvent | None) -> Change:
    change = Change(entry.key, guide.title)
    if row is not None and GuideVersion.objects.filter(life_event=row, sha256=fingerprint(document)).exists():
        return change
    current = row.current_guide if row is not None else None
    change.kind = ChangeKind.NEW if current is None else ChangeKind.CHANGED
    change.lines = guide_lines(None if current is None else guide_of(current), guide)
    return change
