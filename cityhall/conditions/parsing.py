"""From JSON to the tree. What the keys mean is `checking`'s business."""

from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext as _

from cityhall.conditions import language as tree
from cityhall.conditions.language import Condition, Value
from cityhall.conditions.shapes import Shapes

Read = TypeVar("Read", Condition, Value)
_COMPARISONS = frozenset({"eq", "ne", "gt", "gte", "lt", "lte"})


def parse_condition(document: object, where: str) -> Condition:
    """The condition of a JSON document. Raises ConditionError with `where` and the first mistake."""
    return _Parser(where).condition(document, 1)


def parse_value(document: object, where: str) -> Value:
    """The value of a JSON document. Raises ConditionError with `where` and the first mistake."""
    return _Parser(where).value(document, 1)


class _Parser(Shapes):
    """Reads one expression; one method an operator."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.in_rows = False

    def condition(self, document: object, depth: int) -> Condition:
        name, body = self.operator(document, depth)
        if name in _COMPARISONS:
            left, right = self._pair(name, body, depth + 1)
            return tree.Compare(name, left, right)
        read = _CONDITIONS.get(name)
        if read is None:
            raise self.error(_("「%(name)s」という条件はありません。") % {"name": name})
        return read(self, body, depth + 1)

    def value(self, document: object, depth: int) -> Value:
        if isinstance(document, bool | str | int):
            self.count(depth)
            return self.plain_literal(document)
        name, body = self.operator(document, depth)
        literal = self.typed_literal(name, body)
        if literal is not None:
            return literal
        read = _VALUES.get(name)
        if read is None:
            raise self.error(_("「%(name)s」という値の書き方はありません。") % {"name": name})
        return read(self, body, depth + 1)

    def all_of(self, body: object, depth: int) -> Condition:
        return tree.All(tuple(self.condition(part, depth) for part in self.several("all", body)))

    def any_of(self, body: object, depth: int) -> Condition:
        return tree.AnyOf(tuple(self.condition(part, depth) for part in self.several("any", body)))

    def negation(self, body: object, depth: int) -> Condition:
        return tree.Not(self.condition(body, depth))

    def one_of(self, body: object, depth: int) -> Condition:
        value, candidates = self.two("in", body)
        literals = [self.value(one, depth) for one in self.several("in", candidates)]
        if not all(isinstance(literal, tree.Literal) for literal in literals):
            raise self.error(_("in の一覧には、決まった値だけを書いてください。"))
        return tree.OneOf(self.value(value, depth), tuple(one for one in literals if isinstance(one, tree.Literal)))

    def contains(self, body: object, depth: int) -> Condition:
        return tree.Contains(*self._pair("contains", body, depth))

    def filled(self, body: object, depth: int) -> Condition:
        return tree.Filled(self.value(body, depth))

    def some_row(self, body: object, depth: int) -> Condition:
        rows, where = self.rows_and("some", "where", body)
        return tree.SomeRow(rows, self._in_a_row(self.condition, where, depth))

    def every_row(self, body: object, depth: int) -> Condition:
        rows, where = self.rows_and("every", "where", body)
        return tree.EveryRow(rows, self._in_a_row(self.condition, where, depth))

    def answer(self, body: object, _depth: int) -> Value:
        return tree.Answer(self.path("answer", body))

    def row_answer(self, body: object, _depth: int) -> Value:
        return tree.RowAnswer(self.path("row", body))

    def today(self, body: object, _depth: int) -> Value:
        if body is not True:
            raise self.error(_('今日の日付は {"today": true} と書いてください。'))
        return tree.Today()

    def age_on(self, body: object, depth: int) -> Value:
        return tree.AgeOn(*self._pair("age_on", body, depth))

    def add_days(self, body: object, depth: int) -> Value:
        return tree.AddDays(*self._pair("add_days", body, depth))

    def times(self, body: object, depth: int) -> Value:
        return tree.Times(*self._pair("times", body, depth))

    def total(self, body: object, depth: int) -> Value:
        if isinstance(body, dict):
            rows, of = self.rows_and("sum", "of", body)
            return tree.RowSum(rows, self._in_a_row(self.value, of, depth))
        return tree.Sum(tuple(self.value(part, depth) for part in self.several("sum", body)))

    def row_count(self, body: object, depth: int) -> Value:
        rows, where = self.rows_and("count", "where", body)
        return tree.RowCount(rows, None if where is None else self._in_a_row(self.condition, where, depth))

    def lookup(self, body: object, depth: int) -> Value:
        if not isinstance(body, dict) or not {"of", "in"} <= body.keys() <= {"of", "in", "else"}:
            raise self.error(_("lookup には of と in を、必要なら else も書いてください。"))
        table = body["in"]
        if not isinstance(table, dict) or not table:
            raise self.error(_("lookup の in には、値ごとの結果を書いてください。"))
        return tree.Lookup(
            of=self.value(body["of"], depth),
            table={str(key): self.value(part, depth) for key, part in table.items()},
            otherwise=self.value(body["else"], depth) if "else" in body else None,
        )

    def _pair(self, name: str, body: object, depth: int) -> tuple[Value, Value]:
        left, right = self.two(name, body)
        return self.value(left, depth), self.value(right, depth)

    def _in_a_row(self, read: Callable[[object, int], Read], body: object, depth: int) -> Read:
        """Inside rows {"row": …} has one meaning, so rows within rows are refused."""
        if self.in_rows:
            raise self.error(_("行の条件や計算の中に、別の行の条件や計算は入れられません。"))
        self.in_rows = True
        found = read(body, depth)
        self.in_rows = False
        return found


_CONDITIONS: dict[str, Callable[[_Parser, object, int], Condition]] = {
    "all": _Parser.all_of,
    "any": _Parser.any_of,
    "not": _Parser.negation,
    "in": _Parser.one_of,
    "contains": _Parser.contains,
    "filled": _Parser.filled,
    "some": _Parser.some_row,
    "every": _Parser.every_row,
}
_VALUES: dict[str, Callable[[_Parser, object, int], Value]] = {
    "answer": _Parser.answer,
    "row": _Parser.row_answer,
    "today": _Parser.today,
    "age_on": _Parser.age_on,
    "add_days": _Parser.add_days,
    "sum": _Parser.total,
    "count": _Parser.row_count,
    "times": _Parser.times,
    "lookup": _Parser.lookup,
}
