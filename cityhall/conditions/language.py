"""The words of the condition language as a frozen tree. docs/conditions.md is the reference.

A tree holds no form and no answers: `parsing` makes it from JSON, `evaluating` asks it, `checking` compares
it with a form. The browser reads the same JSON (static/js/conditions.js).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cityhall.errors import DomainError

Scalar = str | Decimal | bool | dt.datetime | dt.date | dt.time
"""What can be compared. A `datetime` is the clock in Tokyo and carries no zone."""


class ConditionError(DomainError):
    """The JSON is no condition and no value; the message says what stands there."""

    code = "bad_condition"

    def __init__(self, where: str, message: str) -> None:
        self.where = where
        self.reason = message
        super().__init__(f"{where}: {message}")


class Node:
    """Any piece of the tree."""

    __slots__ = ()


class Condition(Node):
    """A node that is true or false."""

    __slots__ = ()


class Value(Node):
    """A node that stands for a value or for a blank."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class All(Condition):
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not(Condition):
    part: Condition


@dataclass(frozen=True, slots=True)
class Compare(Condition):
    """`operator` is eq, ne, gt, gte, lt or lte."""

    operator: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class OneOf(Condition):
    value: Value
    literals: tuple["Literal", ...]


@dataclass(frozen=True, slots=True)
class Contains(Condition):
    whole: Value
    part: Value


@dataclass(frozen=True, slots=True)
class Filled(Condition):
    value: Value


@dataclass(frozen=True, slots=True)
class SomeRow(Condition):
    rows: str
    where: Condition


@dataclass(frozen=True, slots=True)
class EveryRow(Condition):
    rows: str
    where: Condition


@dataclass(frozen=True, slots=True)
class Literal(Value):
    value: Scalar


@dataclass(frozen=True, slots=True)
class Answer(Value):
    """`key` or `key.part`."""

    key: str


@dataclass(frozen=True, slots=True)
class RowAnswer(Value):
    """The same, in the row at hand."""

    key: str


@dataclass(frozen=True, slots=True)
class Today(Value):
    pass


@dataclass(frozen=True, slots=True)
class AgeOn(Value):
    birth: Value
    on: Value


@dataclass(frozen=True, slots=True)
class AddDays(Value):
    date: Value
    days: Value


@dataclass(frozen=True, slots=True)
class Sum(Value):
    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class RowSum(Value):
    rows: str
    of: Value


@dataclass(frozen=True, slots=True)
class RowCount(Value):
    rows: str
    where: Condition | None


@dataclass(frozen=True, slots=True)
class Times(Value):
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Lookup(Value):
    of: Value
    table: Mapping[str, Value]
    otherwise: Value | None
