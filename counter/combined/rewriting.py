"""Expressions of one procedure, said in the names of the combined form.

In its own form a hidden question is blank; in the combined form another procedure may show it. So whatever looks at
a shared question looks first whether its own form would show it (a *guard*). What is left out is blank.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from counter.combined.rules import Rule, any_of, every_of, negated
from counter.combined.sorting import Spot

COMPARISONS = frozenset({"eq", "ne", "gt", "gte", "lt", "lte"})


class EntangledError(Exception):
    """An expression cannot be said while these questions are shared: they have to be asked apart."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self.spots = frozenset(spots)
        super().__init__(self.spots)


@dataclass(frozen=True)
class Reference:
    """What a question of a part is in the combined form."""

    key: str
    spot: Spot
    guard: Rule = True
    is_shared: bool = False


@dataclass(frozen=True)
class GroupReference:
    """What a group is there. `member` says, in a row, that it is of this part; `guard` that the part has the group."""

    key: str
    spot: Spot
    guard: Rule
    member: Rule


@dataclass(frozen=True)
class Written:
    """A value in its new words. It is blank when a guard does not hold.

    `cells` are questions in the row at hand that are this part's own, and without which the value is blank.
    """

    document: Any
    guards: tuple[tuple[Spot, Rule], ...] = ()
    cells: frozenset[str] = frozenset()

    @property
    def guard(self) -> Rule:
        return every_of(rule for _spot, rule in self.guards)

    def steady(self) -> "Written":
        """The same where a guard has no place. Raises EntangledError."""
        if self.guards:
            raise EntangledError(spot for spot, _rule in self.guards)
        return self


Value = Written | None
"""None is a blank."""


class Names:
    """What an expression of one part may look at; made by whoever knows the whole form."""

    def answer(self, key: str) -> Reference | None:
        """The question outside of rows; None when it is left out."""
        raise NotImplementedError

    def cell(self, group: str, key: str) -> Reference | None:
        """The question in a row of the group."""
        raise NotImplementedError

    def group(self, key: str) -> GroupReference | None:
        """The group; None when it is left out, or no group."""
        raise NotImplementedError


class Rewriter:
    """Rewrites the expressions that stand in one place of one part. `rows` is the group around them."""

    def __init__(self, names: Names, rows: str = "") -> None:
        self.names = names
        self.rows = rows

    def condition(self, document: Any) -> Rule:
        """The condition in its new words. Raises EntangledError."""
        name, body = next(iter(document.items()))
        if name in COMPARISONS:
            return self._compare(name, *map(self.value, body))
        return _CONDITIONS[name](self, body)

    def value(self, document: Any) -> Value:
        """The value in its new words. Raises EntangledError."""
        if not isinstance(document, dict):
            return Written(document)
        name, body = next(iter(document.items()))
        write = _VALUES.get(name)
        # what is left is a literal, or today
        return write(self, body) if write else Written(document)

    def all_of(self, parts: list[Any]) -> Rule:
        return every_of(map(self.condition, parts))

    def one_of(self, parts: list[Any]) -> Rule:
        return any_of(map(self.condition, parts))

    def negation(self, part: Any) -> Rule:
        return negated(self.condition(part))

    def _compare(self, name: str, left: Value, right: Value) -> Rule:
        if name == "ne":
            return self._differ(left, right)
        if left is None or right is None:
            return False
        return every_of((left.guard, right.guard, {name: [left.document, right.document]}))

    def _differ(self, left: Value, right: Value) -> Rule:
        """One blank differs from anything but a blank."""
        if left is None or right is None:
            other = left or right
            return False if other is None else every_of((other.guard, {"filled": other.document}))
        differ = {"ne": [left.document, right.document]}
        if left.guard is True and right.guard is True:
            return differ
        if left.guards and right.guards:
            raise EntangledError(spot for spot, _rule in (*left.guards, *right.guards))
        guarded, other = (left, right) if left.guards else (right, left)
        alone = every_of((negated(guarded.guard), {"filled": other.document}))
        return any_of((every_of((guarded.guard, differ)), alone))

    def contained(self, body: list[Any]) -> Rule:
        whole, part = map(self.value, body)
        if whole is None or part is None:
            return False
        return every_of((whole.guard, part.guard, {"contains": [whole.document, part.document]}))

    def among(self, body: list[Any]) -> Rule:
        value = self.value(body[0])
        return False if value is None else every_of((value.guard, {"in": [value.document, body[1]]}))

    def filled(self, body: Any) -> Rule:
        group = self.names.group(body["answer"]) if isinstance(body, dict) and "answer" in body else None
        if group:
            return self._some(group, group.member)
        value = self.value(body)
        return False if value is None else every_of((value.guard, {"filled": value.document}))

    def some_row(self, body: dict[str, Any]) -> Rule:
        group = self.names.group(body["rows"])
        return self._some(group, every_of((group.member, self._where(body)))) if group else False

    def _some(self, group: GroupReference, where: Rule) -> Rule:
        if isinstance(where, bool):
            return every_of((group.guard, {"filled": {"answer": group.key}})) if where else False
        return every_of((group.guard, {"some": {"rows": group.key, "where": where}}))

    def every_row(self, body: dict[str, Any]) -> Rule:
        group = self.names.group(body["rows"])
        if group is None:
            return True
        where = any_of((negated(group.member), self._where(body)))
        if where is True:
            return True
        found: Rule = {"every": {"rows": group.key, "where": where}} if where else {"not": _filled(group.key)}
        return any_of((negated(group.guard), found))

    def _where(self, body: dict[str, Any]) -> Rule:
        return Rewriter(self.names, body["rows"]).condition(body["where"])

    def answer(self, path: str) -> Value:
        return _written(path, self.names.answer)

    def row_answer(self, path: str) -> Value:
        return _written(path, lambda key: self.names.cell(self.rows, key), is_cell=True)

    def of_all(self, name: str, body: list[Any]) -> Value:
        """A value that is blank as soon as one of its parts is."""
        parts = [self.value(part) for part in body]
        if any(part is None for part in parts):
            return None
        known = [part for part in parts if part]
        guards = tuple(guard for part in known for guard in part.guards)
        cells = frozenset(cell for part in known for cell in part.cells)
        return Written({name: [part.document for part in known]}, guards, cells)

    def total(self, body: Any) -> Value:
        """A sum leaves blanks out."""
        if isinstance(body, dict):
            return self._row_total(body)
        parts = [part for part in map(self.value, body) if part]
        return Written({"sum": [part.steady().document for part in parts]}) if parts else None

    def _row_total(self, body: dict[str, Any]) -> Value:
        group = self.names.group(body["rows"])
        of = Rewriter(self.names, body["rows"]).value(body["of"]) if group else None
        if group is None or of is None:
            return None
        if group.member is not True and not of.cells:
            # it would be added up over the rows of others too
            raise EntangledError([group.spot])
        guards = () if group.guard is True else ((group.spot, group.guard),)
        return Written({"sum": {"rows": group.key, "of": of.steady().document}}, guards)

    def count(self, body: dict[str, Any]) -> Value:
        group = self.names.group(body["rows"])
        if group is None:
            return Written(0)
        if group.guard is not True:
            raise EntangledError([group.spot])
        where = every_of((group.member, self._where(body) if "where" in body else True))
        if where is False:
            return Written(0)
        return Written({"count": {"rows": group.key} | ({} if where is True else {"where": where})})

    def lookup(self, body: dict[str, Any]) -> Value:
        of = self.value(body["of"])
        if of is None:
            return None
        table = {key: self.value(part) for key, part in body["in"].items()}
        found = {key: part.steady().document for key, part in table.items() if part}
        if not found:
            return None
        otherwise = self.value(body["else"]) if "else" in body else None
        written: dict[str, Any] = {"of": of.document, "in": found}
        if otherwise:
            written["else"] = otherwise.steady().document
            blank = _blank_like(next(iter(found.values())))
            found |= {key: blank for key, part in table.items() if part is None}
        return Written({"lookup": written}, of.guards, of.cells)


def _written(path: str, find: Callable[[str], Reference | None], *, is_cell: bool = False) -> Value:
    """`key`, `key.part` or `key__other` under its new key."""
    whole, dot, part = path.partition(".")
    key, mark, other = whole.partition("__")
    found = find(key)
    if found is None:
        return None
    name = "row" if is_cell else "answer"
    guards = () if found.guard is True else ((found.spot, found.guard),)
    cells = frozenset({found.key}) if is_cell and not found.is_shared else frozenset()
    return Written({name: f"{found.key}{mark}{other}{dot}{part}"}, guards, cells)


def _filled(key: str) -> dict[str, Any]:
    return {"filled": {"answer": key}}


def _blank_like(document: Any) -> dict[str, Any]:
    """A blank of the same kind."""
    return {"lookup": {"of": "", "in": {"-": document}}}


_CONDITIONS: dict[str, Callable[[Rewriter, Any], Rule]] = {
    "all": Rewriter.all_of,
    "any": Rewriter.one_of,
    "not": Rewriter.negation,
    "in": Rewriter.among,
    "contains": Rewriter.contained,
    "filled": Rewriter.filled,
    "some": Rewriter.some_row,
    "every": Rewriter.every_row,
}
_VALUES: dict[str, Callable[[Rewriter, Any], Value]] = {
    "answer": Rewriter.answer,
    "row": Rewriter.row_answer,
    "age_on": lambda rewriter, body: rewriter.of_all("age_on", body),
    "add_days": lambda rewriter, body: rewriter.of_all("add_days", body),
    "times": lambda rewriter, body: rewriter.of_all("times", body),
    "sum": Rewriter.total,
    "count": Rewriter.count,
    "lookup": Rewriter.lookup,
}
