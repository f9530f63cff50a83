"""The columns of an extract: what may be chosen for a procedure, and the cells of one case in them.

A column is stored by name: a fact (`number`), a question of any version (`answer:<key>`), or a concept
(`concept:<concept>`: the question that each version asks it with).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from applications.answers import ADDRESS_HIDDEN, APPLICANT_ADDRESS
from applications.concepts import concept_of
from applications.definition import Field, Form
from applications.enums import FieldType
from applications.extracts.facts import FACTS, SentCase
from applications.extracts.parts import WHOLE, Reading, cells_of, part_label, parts_of
from cityhall.workbooks import Cell

ANSWER, CONCEPT = "answer:", "concept:"
Find = Callable[[Form], Field | None]


@dataclass(frozen=True)
class Heading:
    """Of one column of the file: words, and a key that stays the same whatever the words become."""

    label: str
    key: str


@dataclass(frozen=True)
class Choice:
    """A column that may be chosen."""

    name: str
    label: str
    about: str


@dataclass(frozen=True)
class CaseRow:
    """One case as a file shows it."""

    sent: SentCase
    form: Form
    reading: Reading
    hides_address: bool

    @property
    def answers(self) -> Mapping[str, Any]:
        return self.sent.revision.answers or {}

    def hides(self, field: Field) -> bool:
        """Whether the address in this answer is protected from the person who asked for the file."""
        return self.hides_address and field.concept == APPLICANT_ADDRESS


class FactColumn:
    """One cell: a fact of the case."""

    def __init__(self, key: str) -> None:
        self._fact = FACTS[key]
        self.headings = (Heading(str(self._fact.label), key),)

    def cells(self, row: CaseRow) -> Sequence[Cell]:
        return (self._fact.cell(row.sent),)


class AnswerColumn:
    """The parts of an answer, of all that any version has split it into."""

    def __init__(self, *, name: str, label: str, fields: Sequence[Field], find: Find) -> None:
        self._find = find
        self._parts = united(fields)
        self.headings = tuple(headings_of(label, name, self._parts))

    def cells(self, row: CaseRow) -> Sequence[Cell]:
        field = self._find(row.form)
        return answer_cells(field, row.answers, self._parts, row)


class BesideColumn:
    """A repeating group on the line of its case: how many rows there are, and the first of them side by side."""

    def __init__(self, *, name: str, label: str, fields: Sequence[Field], most: int) -> None:
        self._key = name.removeprefix(ANSWER)
        self._most = most
        self._inside = inside_of(fields)
        self.headings = tuple(self._headings(name, label))

    def _headings(self, name: str, label: str) -> Iterator[Heading]:
        yield Heading(_("%(label)s（件数）") % {"label": label}, f"{name}.count")
        for number in range(1, self._most + 1):
            for key, inner, parts in self._inside:
                words = _("%(label)s%(number)s %(question)s") % {"label": label, "number": number, "question": inner}
                yield from headings_of(words, f"{name}.{number}.{key}", parts)

    def cells(self, row: CaseRow) -> Sequence[Cell]:
        field = row.form.by_key.get(self._key)
        rows = group_rows(field, row.answers)
        line: list[Cell] = [len(rows)]
        for place in range(self._most):
            answers = rows[place] if place < len(rows) else {}
            for key, _label, parts in self._inside:
                inner = field.by_key.get(key) if field else None
                line += answer_cells(inner, answers, parts, row)
        return line


class GroupTable:
    """A repeating group as a table of its own: one line a row, found again by the number of the case."""

    def __init__(self, *, name: str, label: str, fields: Sequence[Field]) -> None:
        self._key = name.removeprefix(ANSWER)
        self._inside = inside_of(fields)
        self.label = label
        self.name = self._key
        number = FACTS["number"]
        self.headings = (
            Heading(str(number.label), number.key),
            Heading(_("行"), "row"),
            *(heading for key, inner, parts in self._inside for heading in headings_of(inner, f"{name}.{key}", parts)),
        )

    def lines(self, row: CaseRow) -> Iterator[Sequence[Cell]]:
        field = row.form.by_key.get(self._key)
        for place, answers in enumerate(group_rows(field, row.answers), start=1):
            line: list[Cell] = [row.sent.case.number, place]
            for key, _label, parts in self._inside:
                inner = field.by_key.get(key) if field else None
                line += answer_cells(inner, answers, parts, row)
            yield line


Column = FactColumn | AnswerColumn | BesideColumn


def answer_cells(field: Field | None, answers: Mapping[str, Any], parts: Sequence[str], row: CaseRow) -> Sequence[Cell]:
    """The cells of an answer in the columns of all versions; a protected address says that it was left out."""
    if field is None or answers.get(field.key) is None:
        return [None] * len(parts)
    if row.hides(field):
        return [str(ADDRESS_HIDDEN), *[None] * (len(parts) - 1)]
    cells = cells_of(field, answers, row.reading)
    return [cells.get(part) for part in parts]


def group_rows(field: Field | None, answers: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The rows of a group; none when this version has no such group."""
    if field is None or field.type != FieldType.ROWS:
        return ()
    return answers.get(field.key) or ()


def united(fields: Sequence[Field]) -> tuple[str, ...]:
    """The parts of a question in all versions, in the order of the newest."""
    return tuple(dict.fromkeys(part for field in fields for part in parts_of(field)))


def inside_of(fields: Sequence[Field]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Key, words and parts of every question that any version asks in a group; the newest words count."""
    found: dict[str, list[Field]] = {}
    for group in fields:
        for field in group.fields:
            if field.is_question:
                found.setdefault(field.key, []).append(field)
    return [(key, same[0].label, united(same)) for key, same in found.items()]


def headings_of(label: str, name: str, parts: Sequence[str]) -> Iterator[Heading]:
    """One heading a part: 「振込先 口座番号」 with the key `answer:bank.number`."""
    for part in parts:
        if part == WHOLE:
            yield Heading(label, name)
        else:
            yield Heading(_("%(label)s %(part)s") % {"label": label, "part": part_label(part)}, f"{name}.{part}")


class Offer:
    """What may be chosen for a procedure, out of the forms of its versions, newest first."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = forms

    @cached_property
    def questions(self) -> dict[str, list[Field]]:
        """Every question of any version by key, newest first, in the order in which the newest asks."""
        found: dict[str, list[Field]] = {}
        for form in self._forms:
            for field in form.questions:
                found.setdefault(field.key, []).append(field)
        return found

    @cached_property
    def concepts(self) -> dict[str, list[Field]]:
        """Concepts that a question of some version asks for, outside of groups."""
        found: dict[str, list[Field]] = {}
        for fields in self.questions.values():
            for field in fields:
                if field.concept and field.type != FieldType.ROWS:
                    found.setdefault(field.concept, []).append(field)
        return found

    @cached_property
    def choices(self) -> dict[str, Choice]:
        """All columns by name: facts, questions, concepts."""
        facts = [Choice(key, str(fact.label), "") for key, fact in FACTS.items()]
        questions = [
            Choice(f"{ANSWER}{key}", fields[0].label, self._about(fields)) for key, fields in self.questions.items()
        ]
        concepts = [Choice(f"{CONCEPT}{key}", concept_label(key), "") for key in self.concepts]
        return {choice.name: choice for choice in [*facts, *questions, *concepts]}

    def fields_of(self, name: str) -> list[Field]:
        """The questions behind a column, newest first; none for a fact."""
        if name.startswith(ANSWER):
            return self.questions.get(name.removeprefix(ANSWER), [])
        return self.concepts.get(name.removeprefix(CONCEPT), []) if name.startswith(CONCEPT) else []

    def is_group(self, name: str) -> bool:
        """Whether the newest version that asks this asks it again and again."""
        fields = self.fields_of(name)
        return bool(fields) and fields[0].type == FieldType.ROWS

    def _about(self, fields: Sequence[Field]) -> str:
        newest = self._forms[0].by_key if self._forms else {}
        return "" if fields[0].key in newest else _("今の様式にはない質問")


def concept_label(key: str) -> str:
    """申請者の氏名; the key itself for a word that the vocabulary does not have."""
    concept = concept_of(key)
    return concept.full_label if concept else key


def find_question(key: str) -> Find:
    """The question with this key in a form."""
    return lambda form: form.by_key.get(key)


def find_concept(key: str) -> Find:
    """The first question of a form that asks for a concept."""
    return lambda form: next(
        (field for field in form.questions if field.concept == key and field.type != FieldType.ROWS), None
    )
