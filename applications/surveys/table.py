"""A survey as a table: one line an addressee, answered or not, one column a question. No database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.answers import Row, display_rows
from applications.definition import Field, Form


@dataclass(frozen=True)
class Line:
    """One addressee; without a form nobody has answered."""

    name: str
    kind: str
    state: str
    by: str = ""
    at: str = ""
    late: str = ""
    form: Form | None = None
    answers: Mapping[str, Any] | None = None


def header(fields: Sequence[Field]) -> list[str]:
    """The headings; two questions of one name are told apart by their keys."""
    labels = [field.label for field in fields]
    questions = [
        label if labels.count(label) == 1 else f"{label} [{field.key}]"
        for field, label in zip(fields, labels, strict=True)
    ]
    return [_("照会先"), _("種別"), _("状態"), _("回答者"), _("回答日時"), _("期限後"), *questions]


def fields_of(forms: Iterable[Form]) -> list[Field]:
    """Every question that any of the forms asks, in the order of the first, without twins."""
    found: dict[str, Field] = {}
    for form in forms:
        for field in form.questions:
            found.setdefault(field.key, field)
    return list(found.values())


def rows(lines: Iterable[Line], fields: Sequence[Field], files: Mapping[str, str]) -> Iterator[list[str]]:
    """The cells of each line; `files` gives the name of every attachment."""
    for line in lines:
        cells = _cells(line, files)
        yield [
            line.name,
            line.kind,
            line.state,
            line.by,
            line.at,
            line.late,
            *(cells.get(field.key, "") for field in fields),
        ]


def _cells(line: Line, files: Mapping[str, str]) -> dict[str, str]:
    if line.form is None or line.answers is None:
        return {}
    sections = display_rows(line.form, line.answers, file_names=files)
    return {row.key: _cell(row) for section in sections for row in section.rows}


def _cell(row: Row) -> str:
    """An answer in one cell: files by name, the rows of a group one after the other."""
    if row.entries:
        return "\n".join(
            f"{entry.title}：" + "、".join(f"{one.label} {_cell(one)}" for one in entry.rows if not one.is_blank)
            for entry in row.entries
        )
    return "、".join(file.name for file in row.files) if row.files else row.text
