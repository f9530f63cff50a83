"""What a condition or a value comes to, given what is known. Nothing here raises: what does not fit is blank."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from cityhall.conditions import language as tree
from cityhall.conditions.decimals import product, total
from cityhall.conditions.language import Condition, Scalar, Value
from cityhall.conditions.moments import days_later
from cityhall.conditions.values import Fact, Facts, text_of
from cityhall.days import age_on

_OPERATORS = {"eq": eq, "ne": ne, "gt": gt, "gte": ge, "lt": lt, "lte": le}
_EQUALITY = frozenset({"eq", "ne"})


@dataclass(frozen=True, slots=True)
class _Scope:
    """What an expression may look at. `row` is the row at hand."""

    facts: Facts
    row: Facts
    today: dt.date


def evaluate(condition: Condition, facts: Facts, *, today: dt.date, row: Facts | None = None) -> bool:
    """Whether the condition holds. `today` is the day in Tokyo; `row` what is known of the row it stands in."""
    return _holds(condition, _Scope(facts, row or {}, today))


def value_of(expression: Value, facts: Facts, *, today: dt.date, row: Facts | None = None) -> Fact | None:
    """The value of an expression; None is a blank."""
    return _worth(expression, _Scope(facts, row or {}, today))


def _holds(condition: Condition, scope: _Scope) -> bool:
    return _CONDITIONS[type(condition)](condition, scope)


def _worth(value: Value, scope: _Scope) -> Fact | None:
    return _VALUES[type(value)](value, scope)


def _all(condition: tree.All, scope: _Scope) -> bool:
    return all(_holds(part, scope) for part in condition.parts)


def _any(condition: tree.AnyOf, scope: _Scope) -> bool:
    return any(_holds(part, scope) for part in condition.parts)


def _not(condition: tree.Not, scope: _Scope) -> bool:
    return not _holds(condition.part, scope)


def _compare(condition: tree.Compare, scope: _Scope) -> bool:
    left = _scalar(condition.left, scope)
    right = _scalar(condition.right, scope)
    if left is None or right is None:
        return condition.operator == "ne" and left is not right
    if type(left) is not type(right):
        return condition.operator == "ne"
    if type(left) is bool and condition.operator not in _EQUALITY:
        return False
    return bool(_OPERATORS[condition.operator](left, right))


def _one_of(condition: tree.OneOf, scope: _Scope) -> bool:
    value = _scalar(condition.value, scope)
    return any(type(one.value) is type(value) and one.value == value for one in condition.literals)


def _contains(condition: tree.Contains, scope: _Scope) -> bool:
    whole, part = _worth(condition.whole, scope), _worth(condition.part, scope)
    return isinstance(whole, str | tuple) and isinstance(part, str) and part in whole


def _filled(condition: tree.Filled, scope: _Scope) -> bool:
    return _worth(condition.value, scope) is not None


def _some_row(condition: tree.SomeRow, scope: _Scope) -> bool:
    return any(_holds(condition.where, row) for row in _rows(condition.rows, scope))


def _every_row(condition: tree.EveryRow, scope: _Scope) -> bool:
    return all(_holds(condition.where, row) for row in _rows(condition.rows, scope))


def _literal(value: tree.Literal, _: _Scope) -> Fact | None:
    return value.value


def _answer(value: tree.Answer, scope: _Scope) -> Fact | None:
    return scope.facts.get(value.key)


def _row_answer(value: tree.RowAnswer, scope: _Scope) -> Fact | None:
    return scope.row.get(value.key)


def _today(_value: tree.Today, scope: _Scope) -> Fact | None:
    return scope.today


def _age_on(value: tree.AgeOn, scope: _Scope) -> Fact | None:
    birth, on = _date(value.birth, scope), _date(value.on, scope)
    if birth is None or on is None:
        return None
    return Decimal(age_on(birth, on))


def _add_days(value: tree.AddDays, scope: _Scope) -> Fact | None:
    day, days = _date(value.date, scope), _number(value.days, scope)
    if day is None or days is None or days != days.to_integral_value():
        return None
    return days_later(day, int(days))


def _sum(value: tree.Sum, scope: _Scope) -> Fact | None:
    numbers = (_number(part, scope) for part in value.parts)
    return total(number for number in numbers if number is not None)


def _row_sum(value: tree.RowSum, scope: _Scope) -> Fact | None:
    numbers = (_number(value.of, row) for row in _rows(value.rows, scope))
    return total(number for number in numbers if number is not None)


def _row_count(value: tree.RowCount, scope: _Scope) -> Fact | None:
    rows = _rows(value.rows, scope)
    return Decimal(sum(1 for row in rows if value.where is None or _holds(value.where, row)))


def _times(value: tree.Times, scope: _Scope) -> Fact | None:
    left, right = _number(value.left, scope), _number(value.right, scope)
    return None if left is None or right is None else product(left, right)


def _lookup(value: tree.Lookup, scope: _Scope) -> Fact | None:
    of = _scalar(value.of, scope)
    if of is None:
        return None
    found = value.table.get(text_of(of), value.otherwise)
    return None if found is None else _worth(found, scope)


def _scalar(value: Value, scope: _Scope) -> Scalar | None:
    """The value if it can be compared: lists, rows and wholes of parts count as blank."""
    found = _worth(value, scope)
    return None if isinstance(found, tuple | dict) else found


def _number(value: Value, scope: _Scope) -> Decimal | None:
    found = _worth(value, scope)
    return found if isinstance(found, Decimal) else None


def _date(value: Value, scope: _Scope) -> dt.date | None:
    found = _worth(value, scope)
    # a datetime is a date to isinstance
    return found if type(found) is dt.date else None


def _rows(key: str, scope: _Scope) -> Iterator[_Scope]:
    """One scope for each row."""
    rows = scope.facts.get(key)
    if isinstance(rows, tuple):
        for row in rows:
            if isinstance(row, dict):
                yield _Scope(scope.facts, row, scope.today)


# by exact type: functools.singledispatch costs half of the whole evaluation
_CONDITIONS: dict[type[Condition], Callable[[Any, _Scope], bool]] = {
    tree.All: _all,
    tree.AnyOf: _any,
    tree.Not: _not,
    tree.Compare: _compare,
    tree.OneOf: _one_of,
    tree.Contains: _contains,
    tree.Filled: _filled,
    tree.SomeRow: _some_row,
    tree.EveryRow: _every_row,
}
_VALUES: dict[type[Value], Callable[[Any, _Scope], Fact | None]] = {
    tree.Literal: _literal,
    tree.Answer: _answer,
    tree.RowAnswer: _row_answer,
    tree.Today: _today,
    tree.AgeOn: _age_on,
    tree.AddDays: _add_days,
    tree.Sum: _sum,
    tree.RowSum: _row_sum,
    tree.RowCount: _row_count,
    tree.Times: _times,
    tree.Lookup: _lookup,
}
