"""What a condition or a value comes to, given what is known. Nothing here raises: what does not fit is blank."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import singledispatch
from operator import eq, ge, gt, le, lt, ne

from applications.conditions import language as tree
from applications.conditions.decimals import product, total
from applications.conditions.language import Condition, Scalar, Value
from applications.conditions.moments import days_later
from applications.conditions.values import Fact, Facts, text_of
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


@singledispatch
def _holds(condition: Condition, scope: _Scope) -> bool:
    raise TypeError(condition)


@_holds.register
def _all(condition: tree.All, scope: _Scope) -> bool:
    return all(_holds(part, scope) for part in condition.parts)


@_holds.register
def _any(condition: tree.AnyOf, scope: _Scope) -> bool:
    return any(_holds(part, scope) for part in condition.parts)


@_holds.register
def _not(condition: tree.Not, scope: _Scope) -> bool:
    return not _holds(condition.part, scope)


@_holds.register
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


@_holds.register
def _one_of(condition: tree.OneOf, scope: _Scope) -> bool:
    value = _scalar(condition.value, scope)
    return any(type(one.value) is type(value) and one.value == value for one in condition.literals)


@_holds.register
def _contains(condition: tree.Contains, scope: _Scope) -> bool:
    whole, part = _worth(condition.whole, scope), _worth(condition.part, scope)
    return isinstance(whole, str | tuple) and isinstance(part, str) and part in whole


@_holds.register
def _filled(condition: tree.Filled, scope: _Scope) -> bool:
    return _worth(condition.value, scope) is not None


@_holds.register
def _some_row(condition: tree.SomeRow, scope: _Scope) -> bool:
    return any(_holds(condition.where, row) for row in _rows(condition.rows, scope))


@_holds.register
def _every_row(condition: tree.EveryRow, scope: _Scope) -> bool:
    return all(_holds(condition.where, row) for row in _rows(condition.rows, scope))


@singledispatch
def _worth(value: Value, scope: _Scope) -> Fact | None:
    raise TypeError(value)


@_worth.register
def _literal(value: tree.Literal, _: _Scope) -> Fact | None:
    return value.value


@_worth.register
def _answer(value: tree.Answer, scope: _Scope) -> Fact | None:
    return scope.facts.get(value.key)


@_worth.register
def _row_answer(value: tree.RowAnswer, scope: _Scope) -> Fact | None:
    return scope.row.get(value.key)


@_worth.register
def _today(_value: tree.Today, scope: _Scope) -> Fact | None:
    return scope.today


@_worth.register
def _age_on(value: tree.AgeOn, scope: _Scope) -> Fact | None:
    birth, on = _date(value.birth, scope), _date(value.on, scope)
    if birth is None or on is None:
        return None
    return Decimal(age_on(birth, on))


@_worth.register
def _add_days(value: tree.AddDays, scope: _Scope) -> Fact | None:
    day, days = _date(value.date, scope), _number(value.days, scope)
    if day is None or days is None or days != days.to_integral_value():
        return None
    return days_later(day, int(days))


@_worth.register
def _sum(value: tree.Sum, scope: _Scope) -> Fact | None:
    numbers = (_number(part, scope) for part in value.parts)
    return total(number for number in numbers if number is not None)


@_worth.register
def _row_sum(value: tree.RowSum, scope: _Scope) -> Fact | None:
    numbers = (_number(value.of, row) for row in _rows(value.rows, scope))
    return total(number for number in numbers if number is not None)


@_worth.register
def _row_count(value: tree.RowCount, scope: _Scope) -> Fact | None:
    rows = _rows(value.rows, scope)
    return Decimal(sum(1 for row in rows if value.where is None or _holds(value.where, row)))


@_worth.register
def _times(value: tree.Times, scope: _Scope) -> Fact | None:
    left, right = _number(value.left, scope), _number(value.right, scope)
    return None if left is None or right is None else product(left, right)


@_worth.register
def _lookup(value: tree.Lookup, scope: _Scope) -> Fact | None:
    of = _scalar(value.of, scope)
    if of is None:
        return None
    found = value.table.get(text_of(of), value.otherwise)
    return None if found is None else _worth(found, scope)


def _scalar(value: Value, scope: _Scope) -> Scalar | None:
    """The value if it can be compared: lists, rows and wholes of parts count as blank."""
    found = _worth(value, scope)
    return None if isinstance(found, tuple | Mapping) else found


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
            if isinstance(row, Mapping):
                yield _Scope(scope.facts, row, scope.today)
