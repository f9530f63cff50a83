"""A document as the list that a designer looks at: sections, fields, what depends on what, what is wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from applications.definition import Problem
from applications.designer.labels import Labels
from applications.designer.places import Document, FieldDocument, PageDocument, kind_of, places
from applications.designer.sentences import condition_sentence, value_sentence
from applications.enums import FieldType


@dataclass(frozen=True)
class PlacedProblem:
    """A mistake and where to mend it: a field, a section, or the form."""

    message: str
    label: str = ""
    path: str = ""
    page: str = ""


@dataclass(frozen=True)
class FieldRow:
    """One field of the list."""

    path: str
    label: str
    kind: str | Promise
    is_group: bool
    is_required: bool
    notes: tuple[str, ...]
    is_first: bool
    is_last: bool
    has_problem: bool
    rows: "tuple[FieldRow, ...]" = ()


@dataclass(frozen=True)
class SectionRow:
    """One section of the list."""

    key: str
    number: int
    title: str
    intro: str
    condition: str
    rows: tuple[FieldRow, ...]
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class Overview:
    """The whole list."""

    sections: tuple[SectionRow, ...]
    problems: tuple[PlacedProblem, ...]
    field_count: int = 0
    labels: Labels = field(default_factory=Labels)


def overview(document: Document, problems: Sequence[Problem]) -> Overview:
    """The document with its mistakes, each at the field or section it belongs to."""
    labels = Labels.of(document)
    placed = tuple(_placed(problem, document) for problem in problems)
    wrong = {problem.path for problem in placed}
    pages = document["pages"]
    sections = tuple(
        SectionRow(
            key=page["key"],
            number=number,
            title=str(page.get("title", "")),
            intro=str(page.get("intro", "")),
            condition=_shown_when(page, labels),
            rows=tuple(_rows(page["fields"], labels, wrong)),
            is_first=number == 1,
            is_last=number == len(pages),
        )
        for number, page in enumerate(pages, start=1)
    )
    return Overview(sections, placed, sum(1 for _place in places(document)), labels)


def group_rows(document: Document, group: FieldDocument) -> list[FieldRow]:
    """The fields of one repeating group."""
    return list(_rows(group.get("fields") or [], Labels.of(document), set(), group["key"]))


def notes_of(one: FieldDocument, labels: Labels, *, group: str = "") -> tuple[str, ...]:
    """What the list says under a field: conditions and the calculation, in words."""
    notes = [_shown_when(one, labels, group=group)]
    if one.get("required_when"):
        words = {"condition": condition_sentence(one["required_when"], labels, group=group)}
        notes.append(_("必須にする条件: %(condition)s") % words)
    if one.get("value"):
        notes.append(_("計算: %(value)s") % {"value": value_sentence(one["value"], labels, group=group)})
    return tuple(note for note in notes if note)


def _rows(fields: Sequence[FieldDocument], labels: Labels, wrong: set[str], group: str = "") -> Iterable[FieldRow]:
    for index, one in enumerate(fields):
        path = f"{group}.{one['key']}" if group else one["key"]
        kind = kind_of(one)
        yield FieldRow(
            path=path,
            label=str(one.get("label") or one["key"]),
            kind=kind.label,
            is_group=kind == FieldType.ROWS,
            is_required=one.get("required") is True,
            notes=notes_of(one, labels, group=group),
            is_first=index == 0,
            is_last=index == len(fields) - 1,
            has_problem=path in wrong,
            rows=tuple(_rows(one.get("fields") or [], labels, wrong, one["key"])) if kind == FieldType.ROWS else (),
        )


def _shown_when(one: PageDocument | FieldDocument, labels: Labels, *, group: str = "") -> str:
    condition: Any = one.get("visible_when")
    if not condition:
        return ""
    return _("表示する条件: %(condition)s") % {"condition": condition_sentence(condition, labels, group=group)}


def _placed(problem: Problem, document: Document) -> PlacedProblem:
    """Mistakes name a field by path or key, a section as `page 2`, anything else is the form's."""
    where = problem.where
    for place in places(document):
        if where in (place.path, place.field["key"]):
            return PlacedProblem(problem.message, str(place.field.get("label", "")), path=place.path)
    number = where.removeprefix("page ")
    pages = document["pages"]
    if where != number and number.isdecimal() and 1 <= int(number) <= len(pages):
        page = pages[int(number) - 1]
        label = page.get("title") or _("セクション%(number)s") % {"number": number}
        return PlacedProblem(problem.message, str(label), page=page["key"])
    return PlacedProblem(problem.message, _("様式の全体"))
