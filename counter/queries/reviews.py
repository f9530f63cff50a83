"""What is read before it is signed: every answer by procedure or by person, what is filed and costs, the papers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import get_language

from applications.answers import ADDRESS_HIDDEN, Row, display_rows
from applications.conditions import Outcome
from applications.enums import FILE_TYPES, FieldType
from applications.fees import fees_of
from applications.form_pages import Checked, Given, Problem, check, outcome_of
from applications.typed import NOT_TYPED, Typed
from cityhall.days import today
from counter.combined import Combined, Part, split
from counter.combined.paths import page_number_of, place_of
from counter.entries import Entries
from counter.enums import Source
from counter.models import VisitProcedure
from counter.queries.sources import Said

_DONE_AT_THE_DESK = FILE_TYPES | {FieldType.SIGNATURE}


@dataclass(frozen=True)
class Line:
    """One question with its answer in words. `path` is the one of the combined form, "" for what nobody typed."""

    path: str
    label: str
    words: str
    heading: str = ""
    mark: str = ""
    said: Said | None = None
    people: "tuple[Person, ...]" = ()


@dataclass(frozen=True)
class Person:
    """One row of a repeating group."""

    title: str
    lines: tuple[Line, ...]
    key: str = ""
    """`group.row`: the ids of the page are made of it."""


@dataclass(frozen=True)
class Sheet:
    """Answers that are read together: of one procedure, or about one person."""

    title: str
    lines: tuple[Line, ...]
    department: str = ""
    fee: int = 0


@dataclass(frozen=True)
class Paper:
    """A paper or a photo that a form asks for: seen at the desk, not typed."""

    procedure: str
    label: str
    help: str
    is_required: bool


@dataclass
class Reading:
    """All answers of a visit, read in two ways. What is looked at is checked, once: a check of a dozen forms is dear.

    No query.
    """

    chosen: Sequence[VisitProcedure]
    combined: Combined
    entries: Entries
    given: Given = field(default_factory=dict)
    veiled: frozenset[str] = frozenset()
    """Questions whose answers the reader may not see (`queries.veils`): they are checked, and not shown."""
    _of_parts: dict[str, Checked] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def checked(self) -> Checked:
        """The combined form as a whole."""
        return check(self.combined.form, self.entries.values, {}, given=self.given)

    @cached_property
    def told(self) -> Mapping[str, Typed]:
        """What each form is told, by the key of its procedure."""
        return split(self.combined, self.entries.values)

    def of_part(self, part: Part) -> Checked:
        """One form by itself: it has the last word."""
        if part.key not in self._of_parts:
            self._of_parts[part.key] = check(part.form, self.told[part.key], {}, given=self._given_to(part))
        return self._of_parts[part.key]

    def _given_to(self, part: Part) -> Given:
        places = {one.key: self.combined.places.get((part.key, one.key)) for one in part.form.fields}
        return {key: self.given[place] for key, place in places.items() if place and place in self.given}

    def problems(self) -> list[Problem]:
        """What keeps the answers from being filed: of the combined form, then of the forms alone."""
        return list(self.checked.problems) or list(self._problems_of_parts())

    def _problems_of_parts(self) -> Iterator[Problem]:
        for part in self.combined.parts:
            for one in self.of_part(part).problems:
                path = place_of(self.combined, part.key, one.key)
                if path and not self._is_for_the_desk(part, one.key):
                    label = f"{one.label}（{part.title}）"
                    yield Problem(page_number_of(self.combined, path), path, label, one.message, one.anchor)

    def _is_for_the_desk(self, part: Part, path: str) -> bool:
        key, *rest = path.split(".")
        field_path = f"{key}.{rest[-1]}" if rest else key
        return self.combined.part_fields[part.key, field_path].type in _DONE_AT_THE_DESK

    def by_person(self) -> list[Sheet]:
        """As it was asked: people first, then what only one procedure needs."""
        sections = display_rows(self.combined.form, self.checked.answers)
        sheets = (Sheet(one.title, tuple(self._line(row, row.key) for row in one.rows)) for one in sections)
        return [sheet for sheet in sheets if sheet.lines]

    def by_procedure(self) -> list[Sheet]:
        """What each procedure gets, with its department and its fee."""
        parts = {part.key: part for part in self.combined.parts}
        return [self._sheet(one, parts[one.procedure.key]) for one in self.chosen]

    def _sheet(self, one: VisitProcedure, part: Part) -> Sheet:
        answers = self.of_part(part).answers
        rows = [row for section in display_rows(part.form, answers) for row in section.rows]
        lines = tuple(
            self._line(row, place_of(self.combined, part.key, row.key) or "", part.key)
            for row in rows
            if not self._is_for_the_desk(part, row.key)
        )
        return Sheet(part.title, lines, one.procedure.department.name_in(get_language()), self.fee_of(one))

    def _line(self, row: Row, path: str, part: str = "") -> Line:
        if path in self.veiled:
            return Line("", row.label, str(ADDRESS_HIDDEN), row.heading, self.entries.marks.get(path, ""))
        people = tuple(
            Person(
                entry.title,
                tuple(self._line(one, self._path(one.key, part), part) for one in entry.rows),
                f"{row.key}.{entry.id}",
            )
            for entry in row.entries
        )
        source = "" if row.is_given or people else self.entries.source_of(path)
        said = Said(Source(source), row.text) if source and row.text else None
        # a group is told wrong by its questions; what nobody typed cannot be corrected here
        own = "" if row.is_given or people else path
        return Line(own, row.label, row.text, row.heading, self.entries.marks.get(path, ""), said, people)

    def _path(self, path: str, part: str) -> str:
        return (place_of(self.combined, part, path) or "") if part else path

    def fee_of(self, one: VisitProcedure) -> int:
        """What one procedure costs with these answers."""
        if not one.procedure.fees:
            return 0
        part = next(part for part in self.combined.parts if part.key == one.procedure.key)
        found = fees_of(one.procedure.fees, part.form, self.of_part(part).answers, today=today())
        return sum(fee.amount for fee in found)

    @property
    def fee_total(self) -> int:
        return sum(self.fee_of(one) for one in self.chosen)

    def papers(self) -> list[Paper]:
        """The papers to be seen, of the questions that these answers bring up."""
        return [paper for part in self.combined.parts for paper in self._papers(part)]

    def _papers(self, part: Part) -> Iterator[Paper]:
        asked = [one for one in self.combined.left_out if one.part == part.key and one.field.type in FILE_TYPES]
        found = outcome_of(part.form, self.told[part.key], {}, given=self._given_to(part)) if asked else None
        for one in asked:
            paths = _paths(one.path, found)
            if paths:
                is_required = one.field.required if found is None else any(path in found.required for path in paths)
                yield Paper(part.title, one.field.label, one.field.help, is_required)

    def counts(self) -> dict[str, int]:
        """How many of the answers were asked for at the desk, brought, and known before (columns of a visit)."""
        counted = dict.fromkeys(_COLUMNS, 0)
        for path in self._answered():
            if source := self.entries.source_of(path):
                column = next(name for name, sources in _COLUMNS.items() if source in sources)
                counted[column] += 1
        return counted

    def _answered(self) -> Iterator[str]:
        """Paths of all typed questions that have an answer; a group is counted by its questions."""
        by_key = self.combined.form.by_key
        for key, answer in self.checked.answers.items():
            question = by_key.get(key)
            if question is None or question.type in NOT_TYPED:
                continue
            if question.type != FieldType.ROWS:
                yield key
                continue
            for row in answer:
                inside = [one.key for one in question.fields if one.key in row and one.type not in NOT_TYPED]
                yield from (f"{key}.{row['id']}.{one}" for one in inside)


_COLUMNS: Mapping[str, frozenset[str]] = {
    "asked_count": frozenset({Source.STAFF, Source.GUIDE, Source.RESIDENT, Source.PAPER}),
    "brought_count": frozenset({Source.BROUGHT, Source.PORTAL}),
    "known_count": frozenset({Source.RECORD, Source.CARD}),
}


def _paths(path: str, found: Outcome | None) -> list[str]:
    """The places of a question that are shown: one, or one a row."""
    if found is None:
        return [path]
    group, _dot, key = path.partition(".")
    if not key:
        return [path] if path in found.visible else []
    return [one for one in found.visible if one.startswith(f"{group}.") and one.endswith(f".{key}")]
