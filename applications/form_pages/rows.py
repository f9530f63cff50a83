"""A repeating group on a page: a few rows are open, the others are a line each.

Only open rows have controls, so that a group of 200 rows stays a page a phone can show. What is typed in a
closed row stays in the draft; it is checked all the same, and opened when something in it needs another look.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from applications import typed
from applications.answers import Answers, display_text, row_title
from applications.conditions import Outcome
from applications.definition import Field, Form
from applications.enums import FILE_TYPES, FieldType
from applications.fields import takes_files
from applications.form_pages.cleaning import CleanedRow, Cleaner
from applications.form_pages.stored import Attached
from applications.row_paths import first_row_ids, groups, path_of

ALL_OPEN = 10
"""Up to this many rows all are open; of more, those that are new, being changed, or wrong."""
SUMMARY_ANSWERS = 3


@dataclass
class GroupRow:
    """One row as a page shows it. `is_asked`: it is checked; a blank row that nobody needs is not."""

    id: str
    number: int
    title: str
    summary: str
    is_open: bool
    is_asked: bool
    answers: Answers = field(default_factory=dict)
    """Those of a closed row; an open row's are in the form."""


class RowGroup:
    """The rows of one group, from typed values."""

    def __init__(
        self,
        question: Field,
        rows: Sequence[typed.Row],
        *,
        attached: Attached,
        found: Outcome | None,
        is_checked: bool,
        opened: Collection[str] = (),
    ) -> None:
        self.question = question
        self._cleaner = Cleaner(question.fields, attached)
        self._found = found
        needed = question.min_rows
        self.rows: list[GroupRow] = []
        self.filled = 0
        """Rows with something in them: one that was added and left alone is none."""
        for number, row in enumerate(rows, start=1):
            has_content = is_filled(question, row, attached)
            self.filled += has_content
            is_asked = has_content or len(self.asked()) < needed
            cleaned = self._cleaner.row(question, row, found)
            is_wrong = is_checked and is_asked and bool(cleaned.problems)
            is_open = len(rows) <= ALL_OPEN or row["id"] in opened or is_wrong
            self.rows.append(self._shown(row, number, cleaned, is_open=is_open, is_asked=is_asked))

    @property
    def is_full(self) -> bool:
        """Whether the group takes no more rows."""
        return len(self.rows) >= self.question.max_rows

    def asked(self) -> list[GroupRow]:
        return [row for row in self.rows if row.is_asked]

    def open_paths(self) -> dict[str, tuple[Field, GroupRow]]:
        """The questions of the open rows by path, each with its row."""
        return {
            path_of(self.question, row.id, one): (one, row)
            for row in self.rows
            if row.is_open
            for one in self.question.fields
        }

    def blank(self, row_id: str) -> GroupRow:
        """One more row, with nothing in it."""
        return self._shown(
            {"id": row_id, "values": {}}, len(self.rows) + 1, CleanedRow({}), is_open=True, is_asked=True
        )

    def is_calculated(self, key: str) -> bool:
        return key in self.question.by_key and self.question.by_key[key].type == FieldType.CALCULATED

    def _shown(self, row: typed.Row, number: int, cleaned: CleanedRow, *, is_open: bool, is_asked: bool) -> GroupRow:
        words = self._words(cleaned.answers)
        title = row_title(self.question, number, words)
        return GroupRow(
            id=row["id"],
            number=number,
            title=title,
            summary="、".join([text for text in words.values() if text not in title][:SUMMARY_ANSWERS]),
            is_open=is_open,
            is_asked=is_asked,
            answers=cleaned.answers,
        )

    def _words(self, answers: Answers) -> dict[str, str]:
        return {
            one.key: display_text(one, answers[one.key])
            for one in self.question.fields
            if one.key in answers and one.type not in (*FILE_TYPES, FieldType.SIGNATURE)
        }


def is_filled(group: Field, row: typed.Row, attached: Attached) -> bool:
    """Whether anything was typed into the row, or a file received for it."""
    paths = (path_of(group, row["id"], one) for one in group.fields if takes_files(one))
    return bool(row["values"]) or any(attached.get(path) for path in paths)


def without_blank_rows(form: Form, draft: Mapping[str, Any], attached: Attached) -> dict[str, Any]:
    """The draft without rows that were opened and left alone; as many as a group needs stay, to be asked for."""
    found = dict(draft)
    for group in groups(form.fields):
        filled: list[typed.Row] = []
        blank: list[typed.Row] = []
        for row in draft.get(group.key) or ():
            (filled if is_filled(group, row, attached) else blank).append(row)
        if filled or blank:
            found[group.key] = filled + blank[: max(0, group.min_rows - len(filled))]
    return found


def with_first_rows(fields: Sequence[Field], values: typed.Typed) -> typed.Typed:
    """The typed values with the blank rows that groups on a page begin with."""
    first = {
        group.key: [{"id": row_id, "values": {}} for row_id in first_row_ids(group.min_rows)]
        for group in groups(fields)
        if not values.get(group.key)
    }
    return values | {key: rows for key, rows in first.items() if rows}


def rows_on_page(group: Field, data: "typed.Data | None", draft: Mapping[str, list[typed.Row]]) -> list[typed.Row]:
    """The rows a page shows: those that were sent, otherwise those of the draft."""
    if data is None:
        return list(draft.get(group.key) or ())
    sent = typed.with_closed_rows([group], {group.key: typed.read_rows(group, data)}, draft)
    rows: list[typed.Row] = sent.get(group.key, [])
    return rows
