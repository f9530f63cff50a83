"""Calculated values as a sum of lines: a question, rows or a table, each times a price."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.conditions.kinds import Kind
from applications.designer.labels import Labels, options_of
from applications.designer.places import Document, places
from applications.designer.rules import number_literal
from applications.designer.subjects import Named, kind_of_document
from applications.enums import FieldType

FIXED = "fixed:"
"""The subject of a line that is a fixed amount."""
_CHOOSING = (FieldType.CHOICE, FieldType.YES_NO)


@dataclass(frozen=True)
class Quantity(Named):
    """What a line counts or adds up.

    `name` is `answer:q1`, `row:q2`, `sum:q3.q4`, `count:q3`, `table:q5`, `rowtable:q6` or `fixed:`.
    """

    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Line:
    """One line. `factor` is a price, `by` a second question instead of it, `table` a result for each option."""

    quantity: Quantity
    factor: str = ""
    by: str = ""
    table: tuple[tuple[str, str], ...] = ()


def quantities(document: Document, *, path: str) -> list[Quantity]:
    """What a calculation at `path` may use, in the order of the form."""
    group = path.partition(".")[0] if "." in path else ""
    labels = Labels.of(document)
    found = [Quantity(FIXED, _("決まった金額・数"))]
    for place in places(document):
        key = place.field["key"]
        kind = kind_of_document(place.field)
        if place.path == path:
            continue
        if place.group is None:
            found += _of_question(place.field, kind, labels)
        elif place.group["key"] == group:
            name = _("同じ行の%(question)s") % {"question": labels.question(key, group=group)}
            found += _of_one(f"row:{key}", f"rowtable:{key}", name, place.field, kind)
        elif kind == Kind.NUMBER:
            words = {"rows": labels.question(place.group["key"]), "of": labels.question(key, group=place.group["key"])}
            found.append(Quantity(f"sum:{place.path}", _("%(rows)sの各行の%(of)sの合計") % words))
    return found


def _of_question(one: dict[str, Any], kind: Kind | None, labels: Labels) -> list[Quantity]:
    name = labels.question(one["key"])
    if kind == Kind.ROWS:
        return [Quantity(f"count:{one['key']}", _("%(rows)sの行数") % {"rows": name})]
    return _of_one(f"answer:{one['key']}", f"table:{one['key']}", name, one, kind)


def _of_one(plain: str, table: str, name: str, one: dict[str, Any], kind: Kind | None) -> list[Quantity]:
    if kind == Kind.NUMBER:
        return [Quantity(plain, name)]
    if one.get("type") in _CHOOSING and (options := tuple(options_of(one))):
        return [Quantity(table, _("%(question)sの選択肢ごとの値") % {"question": name}, options)]
    return []


def expression_of(lines: Sequence[Line]) -> dict[str, Any] | int | None:
    """The expression that the lines say. Raises ValueError for a price that is no number."""
    trees = [_tree(line) for line in lines]
    if len(trees) <= 1:
        # an expression stands in the document as a mapping: a single fixed amount is a sum of one
        return None if not trees else trees[0] if isinstance(trees[0], dict) else {"sum": trees}
    return {"sum": trees}


def _tree(line: Line) -> Any:
    quantity = line.quantity
    if quantity.name == FIXED:
        return number_literal(line.factor)
    value = _value(quantity, line.table)
    if line.by:
        how, _colon, reference = line.by.partition(":")
        return {"times": [value, {how: reference}]}
    return {"times": [value, number_literal(line.factor)]} if line.factor else value


def _value(quantity: Quantity, table: Sequence[tuple[str, str]]) -> dict[str, Any]:
    reference = quantity.reference
    match quantity.how:
        case "count":
            return {"count": {"rows": reference}}
        case "sum":
            rows, _dot, of = reference.partition(".")
            return {"sum": {"rows": rows, "of": {"row": of}}}
        case "table" | "rowtable":
            name = "answer" if quantity.how == "table" else "row"
            results = {value: number_literal(result) for value, result in table if result}
            return {"lookup": {"of": {name: reference}, "in": results}}
    return {quantity.how: reference}


def lines_of(expression: Any, known: Sequence[Quantity]) -> list[Line] | None:
    """The lines that say what the expression says; None where they cannot."""
    by_name = {quantity.name: quantity for quantity in known}
    match expression:
        case {"sum": [*parts]}:
            found = [_read(part, by_name) for part in parts]
        case _:
            found = [_read(expression, by_name)]
    lines = [line for line in found if line]
    if not lines or len(lines) != len(found):
        return None
    try:
        return lines if expression_of(lines) == expression else None
    except ValueError:
        return None


def _read(tree: Any, known: dict[str, Quantity]) -> Line | None:
    match tree:
        case {"times": [value, factor]}:
            line, by, amount = _read_value(value, known), _reference(factor), _number(factor)
            if line is None or not (by or amount):
                return None
            return Line(line.quantity, factor=amount, by=by, table=line.table)
    amount = _number(tree)
    return Line(known[FIXED], factor=amount) if amount else _read_value(tree, known)


def _read_value(tree: Any, known: dict[str, Quantity]) -> Line | None:
    name = _reference(tree)
    table: tuple[tuple[str, str], ...] = ()
    match tree:
        case {"count": {"rows": str(rows), **rest}} if not rest:
            name = f"count:{rows}"
        case {"sum": {"rows": str(rows), "of": {"row": str(of)}}}:
            name = f"sum:{rows}.{of}"
        case {"lookup": {"of": of, "in": {**results}, **rest}} if not rest:
            how, _colon, reference = _reference(of).partition(":")
            name = f"{'table' if how == 'answer' else 'rowtable'}:{reference}"
            table = tuple((str(value), _number(result)) for value, result in results.items())
    return Line(known[name], table=table) if name in known else None


def _reference(tree: Any) -> str:
    """`answer:q1` or `row:q1` of a tree that is only a question; else nothing."""
    match tree:
        case {"answer": str(key)}:
            return f"answer:{key}"
        case {"row": str(key)}:
            return f"row:{key}"
    return ""


def _number(tree: Any) -> str:
    match tree:
        case bool():
            return ""
        case int():
            return str(tree)
        case {"number": str(text)}:
            return text
    return ""
