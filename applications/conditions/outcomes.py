"""What the answers do to a form: which questions are shown and required, and what is calculated."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from applications.conditions.facts import read, rows_of
from applications.conditions.plan import Step, plan_of
from applications.definition import Field, Form
from applications.enums import FieldType
from cityhall.conditions.evaluating import evaluate, value_of
from cityhall.conditions.language import Value
from cityhall.conditions.values import Fact, text_of


@dataclass(frozen=True)
class Outcome:
    """Paths are `key`, or `rows_key.row_id.sub_key` inside rows. A calculated blank has no entry.

    `visible` also holds the keys of pages (no question has the key of a page). `facts` is what the answers
    that are not hidden say, calculated ones included, for further conditions.
    """

    visible: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    calculated: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)


def outcome(form: Form, answers: Mapping[str, Any], *, today: dt.date) -> Outcome:
    """The outcome of stored answers, of whatever shape: what does not fit its question counts as blank.

    Hidden questions are blank to all others. `today` is the day in Tokyo. Asks no database.
    """
    work = _Work(answers, today)
    steps = plan_of(form).steps
    for step in steps:
        work.look_at(step)
    for step in steps:
        work.require(step)
    return work.outcome


@dataclass
class _Row:
    id: str
    answers: Mapping[str, Any]
    facts: dict[str, Fact]


class _Work:
    """What is known so far, step by step."""

    def __init__(self, answers: Mapping[str, Any], today: dt.date) -> None:
        self.answers = answers
        self.today = today
        self.outcome = Outcome()
        self.pages: set[str] = set()
        self.rows: dict[str, list[_Row]] = {}

    def look_at(self, step: Step) -> None:
        """Whether the page or question is shown, and what is known of its answer."""
        for path, row in self._places(step):
            row_facts = row.facts if row else None
            if step.visible and not evaluate(step.visible, self.outcome.facts, today=self.today, row=row_facts):
                continue
            self.outcome.visible.add(path)
            if step.field is None:
                self.pages.add(path)
            elif step.value:
                self._calculate(step.value, step.field, path, row)
            else:
                self._take(step.field, row)

    def require(self, step: Step) -> None:
        """Whether an answer that is asked for must be given."""
        if step.field is None or not (step.field.required or step.required):
            return
        for path, row in self._places(step):
            if path in self.outcome.visible and self._is_required(step, step.field, row):
                self.outcome.required.add(path)

    def _places(self, step: Step) -> Iterator[tuple[str, _Row | None]]:
        """Where the step stands, as far as what it stands in is shown: once, or once in every row."""
        if step.field is None:
            yield step.page.key, None
        elif step.group is None:
            if step.page.key in self.pages:
                yield step.where, None
        else:
            for row in self.rows.get(step.group.key, ()):
                yield f"{step.group.key}.{row.id}.{step.field.key}", row

    def _is_required(self, step: Step, field: Field, row: _Row | None) -> bool:
        if field.required or step.required is None:
            return field.required
        return evaluate(step.required, self.outcome.facts, today=self.today, row=row.facts if row else None)

    def _take(self, field: Field, row: _Row | None) -> None:
        if row:
            row.facts.update(read(field, row.answers))
        elif field.type == FieldType.ROWS:
            rows = [_Row(row_id, answers, {}) for row_id, answers in rows_of(self.answers.get(field.key))]
            self.rows[field.key] = rows
            if rows:
                # the same dictionaries: what is in the rows becomes known later
                self.outcome.facts[field.key] = tuple(one.facts for one in rows)
        else:
            self.outcome.facts.update(read(field, self.answers))

    def _calculate(self, expression: Value, field: Field, path: str, row: _Row | None) -> None:
        value = value_of(expression, self.outcome.facts, today=self.today, row=row.facts if row else None)
        if value is None or isinstance(value, tuple | dict):
            return
        facts = row.facts if row else self.outcome.facts
        facts[field.key] = value
        self.outcome.calculated[path] = text_of(value)
