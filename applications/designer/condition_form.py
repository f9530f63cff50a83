"""The page of one condition: rows of drop-downs, sent as a whole with every button, saved with one."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from applications.conditions.kinds import Kind
from applications.designer.places import Document
from applications.designer.rules import (
    ALL,
    ANY,
    Plan,
    Rule,
    condition_of,
    needs_days,
    needs_value,
    number_literal,
    operators,
    plan_of,
)
from applications.designer.subjects import Subject, subjects
from cityhall.my_numbers import REFUSED_TO_STAFF, TICK
from cityhall.text import has_my_number

MOST_RULES = 20
_DAYS = re.compile(r"-?[0-9]{1,5}")
_INPUT_TYPES = {Kind.DATE: "date", Kind.TIME: "time", Kind.DATE_TIME: "datetime-local"}


@dataclass(frozen=True)
class Row:
    """One row as the page shows it: what was typed, right or wrong."""

    index: int
    subject: Subject
    operator: str
    values: tuple[str, ...] = ()
    days: str = ""
    on: str = ""
    error: str = ""

    @property
    def operators(self) -> list[tuple[str, str | Promise]]:
        return list(operators(self.subject).items())

    @property
    def has_options(self) -> bool:
        return bool(self.subject.options) and self.subject.kind in (Kind.TEXT, Kind.LIST)

    @property
    def takes_several(self) -> bool:
        return self.subject.kind == Kind.TEXT

    @property
    def takes_value(self) -> bool:
        return any(needs_value(name) for name, _label in self.operators)

    @property
    def takes_days(self) -> bool:
        return any(needs_days(name) for name, _label in self.operators)

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def input_type(self) -> str:
        return _INPUT_TYPES.get(self.subject.kind, "text")

    @property
    def is_number(self) -> bool:
        return self.subject.kind == Kind.NUMBER

    @property
    def holds_number(self) -> bool:
        """Whether a My Number may have been typed; what is chosen of a list is not typed."""
        is_typed = needs_value(self.operator) and not self.has_options
        return is_typed and any(has_my_number(value) for value in self.values)

    def rule(self) -> Rule:
        """The row without what its operator does not take."""
        return Rule(
            self.subject,
            self.operator,
            self.values if needs_value(self.operator) else (),
            self.days if needs_days(self.operator) else "",
            self.on,
        )


@dataclass(frozen=True)
class ConditionForm:
    """All rows and how they are joined. `error` is a sentence about the whole.

    `is_no_my_number`: the person ticked that twelve digits of a value are something else.
    """

    known: Sequence[Subject]
    rows: tuple[Row, ...] = ()
    joiner: str = ALL
    is_negated: bool = False
    is_no_my_number: bool = False
    error: str = ""

    @property
    def holds_number(self) -> bool:
        return any(row.holds_number for row in self.rows)

    @property
    def has_confirmed_number(self) -> bool:
        return self.is_no_my_number and self.holds_number

    @property
    def has_errors(self) -> bool:
        return bool(self.error) or any(row.error for row in self.rows)

    def condition(self) -> dict[str, Any] | None:
        """The condition that the rows say. Call when `has_errors` is false."""
        return condition_of(Plan(tuple(row.rule() for row in self.rows), self.joiner, self.is_negated))

    def without(self, index: int) -> "ConditionForm":
        return self._numbered([row for row in self.rows if row.index != index])

    def with_subject(self, name: str) -> "ConditionForm":
        """One row more about a subject; a sentence when there is no such subject or no room."""
        subject = next((one for one in self.known if one.name == name), None)
        if subject is None:
            return replace(self, error=_("質問を選んでください。"))
        if len(self.rows) >= MOST_RULES:
            return replace(self, error=_("条件は%(most)s行までです。") % {"most": MOST_RULES})
        first = next(iter(operators(subject)))
        return self._numbered([*self.rows, Row(0, subject, first)])

    def _numbered(self, rows: Sequence[Row]) -> "ConditionForm":
        return replace(self, rows=tuple(replace(row, index=number) for number, row in enumerate(rows)), error="")

    def checked(self) -> "ConditionForm":
        """The same with a sentence at each row that is not complete."""
        rows = tuple(replace(row, error=self._mistake(row)) for row in self.rows)
        return replace(self, rows=rows, error="" if rows else _("条件を一つ以上追加してください。"))

    def _mistake(self, row: Row) -> str:
        if row.holds_number and not self.is_no_my_number:
            return str(REFUSED_TO_STAFF)
        return _mistake(row)


def form_of(document: Document, path: str, condition: Any) -> ConditionForm | None:
    """The form that shows a condition; None when the rows cannot say it."""
    known = subjects(document, path=path)
    if condition is None:
        return ConditionForm(known)
    plan = plan_of(condition, known)
    if plan is None:
        return None
    rows = [Row(0, rule.subject, rule.operator, rule.values, rule.days, rule.on) for rule in plan.rules]
    return ConditionForm(known, joiner=plan.joiner, is_negated=plan.is_negated)._numbered(rows)


def form_sent(document: Document, path: str, data: QueryDict) -> ConditionForm:
    """The form as it was sent; rows about questions that are gone are left out."""
    known = subjects(document, path=path)
    by_name = {subject.name: subject for subject in known}
    rows = [row for number in range(MOST_RULES) if (row := _row_sent(number, data, by_name))]
    joiner = ANY if data.get("joiner") == ANY else ALL
    form = ConditionForm(known, joiner=joiner, is_negated="negated" in data, is_no_my_number=TICK in data)
    return form._numbered(rows)


def _row_sent(number: int, data: QueryDict, known: Mapping[str, Subject]) -> Row | None:
    subject = known.get(str(data.get(f"subject-{number}", "")))
    if subject is None:
        return None
    return Row(
        number,
        subject,
        str(data.get(f"operator-{number}", "")),
        tuple(str(value).strip() for value in data.getlist(f"value-{number}") if str(value).strip()),
        str(data.get(f"days-{number}", "")).strip(),
        str(data.get(f"on-{number}", "")).strip(),
    )


def _mistake(row: Row) -> str:
    if row.operator not in operators(row.subject):
        return _("条件の種類を選んでください。")
    if needs_days(row.operator) and not _DAYS.fullmatch(row.days):
        return _("日数を半角の数字で入力してください。")
    if row.on and not _is_date(row.on):
        return _("年齢を数える日を確かめてください。")
    if not needs_value(row.operator):
        return ""
    if not row.values:
        return _("値を選ぶか、入力してください。")
    return _value_mistake(row)


def _value_mistake(row: Row) -> str:
    options = {value for value, _label in row.subject.options}
    if options and not set(row.values) <= options:
        return _("選択肢から選んでください。")
    try:
        match row.subject.kind:
            case Kind.NUMBER:
                number_literal(row.value)
            case Kind.DATE:
                dt.date.fromisoformat(row.value)
            case Kind.TIME:
                dt.time.fromisoformat(row.value)
            case Kind.DATE_TIME:
                dt.datetime.fromisoformat(row.value)
    except ValueError:
        return _("値の形を確かめてください。数は半角の数字、日付は 2026-04-01 の形です。")
    return ""


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
