"""Forms that the city published anew while a visit was under way, or since its prefill was made."""

from collections.abc import Sequence
from dataclasses import dataclass

from applications.models import FormVersion, Procedure
from counter.combined import Note, carry_over
from counter.entries import Entries
from counter.enums import Mark
from counter.forms import combined_of
from counter.models import Visit, VisitProcedure


@dataclass(frozen=True)
class _Renewed:
    procedure: Procedure
    form_version: FormVersion


@dataclass(frozen=True)
class Renewal:
    """What would change: the procedures, the differences in words, and the entries for the new forms."""

    outdated: tuple[VisitProcedure, ...]
    lost: tuple[Note, ...]
    changed: tuple[Note, ...]
    entries: Entries
    versions: dict[int, FormVersion]
    """Id of a procedure → its new form."""


def outdated(chosen: Sequence[VisitProcedure]) -> list[VisitProcedure]:
    """Procedures whose form is not the one that is filed now. No query."""
    current = [(one, one.procedure.current_version_id) for one in chosen]
    return [one for one, version in current if version is not None and version != one.form_version_id]


def renewal_of(visit: Visit, chosen: Sequence[VisitProcedure]) -> Renewal | None:
    """What the new forms would make of the entries; None when all forms are current. One query when they are not.

    What is new or asked otherwise is marked, so that somebody looks at it.
    """
    old_ones = outdated(chosen)
    if not old_ones:
        return None
    found = FormVersion.objects.in_bulk([one.procedure.current_version_id for one in old_ones])
    versions = {version.procedure_id: version for version in found.values()}
    new_ones = [_Renewed(one.procedure, versions.get(one.procedure_id, one.form_version)) for one in chosen]
    old, new = combined_of(chosen, at_desk=True), combined_of(new_ones, at_desk=True)
    before = Entries.of(visit)
    carried = carry_over(old, new, before.values)
    entries = before.carried_over(old, new)
    for note in carried.changed:
        entries = entries.marked(note.path.partition(".")[0], Mark.CHANGED)
    return Renewal(tuple(old_ones), carried.lost, carried.changed, entries, versions)
