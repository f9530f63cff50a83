"""From typed values to answers without a page: of rows that are closed, and of what conditions look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from applications import typed
from applications.answers import Answers
from applications.conditions import Outcome
from applications.definition import Field
from applications.enums import SHOWN_ONLY, FieldType
from applications.fields import AnswerField, build
from applications.fields.building import takes_files
from applications.form_pages.stored import Attached
from applications.row_paths import in_row, path_of


@dataclass
class CleanedRow:
    """The answers of one row that could be understood, with its id, and whether others could not."""

    answers: Answers
    problems: list[str] = field(default_factory=list)


class Cleaner:
    """Cleans the same questions again and again: a group of 200 rows builds each of its fields once."""

    def __init__(self, fields: Sequence[Field], attached: Attached) -> None:
        self.fields = [one for one in fields if one.type not in SHOWN_ONLY]
        self.attached = attached
        self._built: dict[str, AnswerField] = {}

    def plain(self, question: Field, values: Mapping[str, Any]) -> Answers:
        """The stored answers of one question, or nothing where the typed value cannot be understood."""
        try:
            return self._clean(question, question, values)
        except ValidationError:
            return {}

    def row(self, group: Field, row: typed.Row, found: Outcome | None = None) -> CleanedRow:
        """The answers of one row. With an outcome, hidden questions are left out and required ones asked."""
        cleaned = CleanedRow({"id": row["id"]})
        for one in self.fields:
            path = path_of(group, row["id"], one)
            if found is not None and path not in found.visible:
                continue
            if one.type == FieldType.CALCULATED:
                cleaned.answers |= _calculated(found, path, one.key)
                continue
            try:
                answers = self._clean(one, in_row(group, row["id"], one), row["values"], found)
            except ValidationError:
                cleaned.problems.append(path)
            else:
                cleaned.answers |= answers
        return cleaned

    def _clean(
        self, question: Field, placed: Field, values: Mapping[str, Any], found: Outcome | None = None
    ) -> Answers:
        """`placed` is the question with the path of its row. Raises ValidationError."""
        answer_field = self._field(question, placed)
        answer_field.required = question.required if found is None else placed.key in found.required
        data = typed.as_data([question], values)
        value = answer_field.widget.value_from_datadict(data, {}, typed.control_name(question))
        cleaned = answer_field.clean(value)
        return {key.rpartition(".")[2]: answer for key, answer in answer_field.answers(cleaned).items()}

    def _field(self, question: Field, placed: Field) -> AnswerField:
        if takes_files(question):
            return build(placed, self.attached.get(placed.key, ()))
        if question.key not in self._built:
            self._built[question.key] = build(question)
        return self._built[question.key]


def _calculated(found: Outcome | None, path: str, key: str) -> Answers:
    return {key: found.calculated[path]} if found and path in found.calculated else {}
