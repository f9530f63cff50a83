"""Several forms as one: what goes in, what comes out, and where each question of the one form comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from applications.definition import Field, Form
from applications.typed import Value
from counter.combined import keys
from counter.combined.converting import told_by_visit

Path = str
"""`key`, or `group.key` for a question in a repeating group."""
Owner = tuple[str, Path]
"""A question of one procedure: the key of the part, and its path there."""

NAMES: tuple[Path, Path] = ("applicant_name", f"{keys.HOUSEHOLD}.household_name")
"""Who asks, and who stands in a row of the household."""


@dataclass(frozen=True)
class Part:
    """One procedure among those that are filed together.

    `subject` names the person its `subject` questions are about, when the caller knows: parts with the same name
    share them. Without one, parts are about the same person when they call that person the same.
    """

    key: str
    form: Form
    title: str = ""
    subject: str = ""


@dataclass(frozen=True)
class LeftOut:
    """What nobody types at home: brought as paper, signed at the desk, read from the record, or answered by coming."""

    part: str
    path: Path
    field: Field


@dataclass(frozen=True)
class Conflict:
    """One concept that two forms ask for in ways that no answer suits; so it is asked twice."""

    concept: str
    owners: tuple[Owner, Owner]
    message: str
    reason: str = ""
    """Completes a sentence: 質問の種類が違う."""


@dataclass(frozen=True)
class Combined:
    """One form for all parts, with what is needed to take its answers apart again.

    `owners` knows every question, heading and explanation that comes from a part; what is in no part (headings
    over the questions of a procedure, marks that say whom a row concerns) has no entry. `ticks` has, for a group of
    a part, the question in each row that says whether the row belongs to it; no entry: every row does. `apart` are
    questions that could be asked once but for the conditions that look at them.
    """

    parts: tuple[Part, ...]
    form: Form
    owners: Mapping[Path, tuple[Owner, ...]]
    ticks: Mapping[Owner, str]
    left_out: tuple[LeftOut, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    apart: tuple[Owner, ...] = field(default=())

    @cached_property
    def places(self) -> Mapping[Owner, Path]:
        """Where each question of a part stands in the combined form."""
        return {owner: path for path, owners in self.owners.items() for owner in owners}

    @cached_property
    def fields(self) -> Mapping[Path, Field]:
        """Everything on the pages by path, questions in rows too."""
        return fields_of(self.form)

    @cached_property
    def of_others(self) -> frozenset[Owner]:
        """Groups of the household that are not about the applicant: the ones with a mark that may stay empty."""
        found = [one for one in self.ticks if self.places.get(one) == keys.HOUSEHOLD]
        needed = {self.ticks[one] for one in found if self.part_fields[one].min_rows}
        return frozenset(one for one in found if self.ticks[one] not in needed)

    @cached_property
    def told(self) -> Mapping[Owner, Value]:
        """What forms are told that nobody is asked, because the visit itself answers it."""
        found = ((one, told_by_visit(one.field)) for one in self.left_out)
        return {(one.part, one.path): value for one, value in found if value}

    @cached_property
    def part_fields(self) -> Mapping[Owner, Field]:
        """Everything on the pages of the parts."""
        return {(part.key, path): one for part in self.parts for path, one in fields_of(part.form).items()}


def fields_of(form: Form) -> dict[Path, Field]:
    """Everything on the pages of a form by path."""
    inside = {f"{group.key}.{one.key}": one for group in form.fields for one in group.fields}
    return {**form.by_key, **inside}
