"""The page of one calculated value: lines that are added up, sent as a whole with every button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from applications.designer.calculations import FIXED, Line, Quantity, expression_of, lines_of, quantities
from applications.designer.places import Document
from applications.designer.rules import number_literal

MOST_LINES = 20


@dataclass(frozen=True)
class Row:
    """One line as the page shows it: what was typed, right or wrong."""

    index: int
    quantity: Quantity
    factor: str = ""
    by: str = ""
    table: tuple[tuple[str, str, str], ...] = ()
    """(value, label, result) of each option."""
    error: str = ""

    @property
    def is_fixed(self) -> bool:
        return self.quantity.name == FIXED

    def line(self) -> Line:
        table = tuple((value, result) for value, _label, result in self.table)
        return Line(self.quantity, self.factor, self.by, table)


@dataclass(frozen=True)
class CalculationForm:
    """All lines. `error` is a sentence about the whole."""

    known: Sequence[Quantity]
    rows: tuple[Row, ...] = ()
    error: str = ""

    @property
    def factors(self) -> list[Quantity]:
        """Questions that a line may be multiplied with."""
        return [one for one in self.known if one.how in ("answer", "row")]

    @property
    def has_errors(self) -> bool:
        return bool(self.error) or any(row.error for row in self.rows)

    def expression(self) -> Any:
        """What the lines say. Call when `has_errors` is false."""
        return expression_of([row.line() for row in self.rows])

    def without(self, index: int) -> "CalculationForm":
        return self._numbered([row for row in self.rows if row.index != index])

    def with_quantity(self, name: str) -> "CalculationForm":
        """One line more; a sentence when there is no such quantity or no room."""
        quantity = next((one for one in self.known if one.name == name), None)
        if quantity is None:
            return replace(self, error=_("数えるものを選んでください。"))
        if len(self.rows) >= MOST_LINES:
            return replace(self, error=_("計算は%(most)s行までです。") % {"most": MOST_LINES})
        return self._numbered([*self.rows, _row(Line(quantity))])

    def _numbered(self, rows: Sequence[Row]) -> "CalculationForm":
        return replace(self, rows=tuple(replace(row, index=number) for number, row in enumerate(rows)), error="")

    def checked(self) -> "CalculationForm":
        """The same with a sentence at each line that is not complete."""
        known = {one.name for one in self.factors}
        rows = tuple(replace(row, error=_mistake(row, known)) for row in self.rows)
        return replace(self, rows=rows, error="" if rows else _("計算するものを一つ以上追加してください。"))


def _row(line: Line) -> Row:
    results = dict(line.table)
    table = tuple((value, label, results.get(value, "")) for value, label in line.quantity.options)
    return Row(0, line.quantity, line.factor, line.by, table)


def form_of(document: Document, path: str, expression: Any) -> CalculationForm | None:
    """The form that shows a calculation; None when the lines cannot say it."""
    known = quantities(document, path=path)
    if expression is None:
        return CalculationForm(known)
    lines = lines_of(expression, known)
    return None if lines is None else CalculationForm(known)._numbered([_row(line) for line in lines])


def form_sent(document: Document, path: str, data: QueryDict) -> CalculationForm:
    """The form as it was sent; lines about questions that are gone are left out."""
    known = quantities(document, path=path)
    by_name = {quantity.name: quantity for quantity in known}
    rows = [row for number in range(MOST_LINES) if (row := _row_sent(number, data, by_name))]
    return CalculationForm(known)._numbered(rows)


def _row_sent(number: int, data: QueryDict, known: Mapping[str, Quantity]) -> Row | None:
    quantity = known.get(str(data.get(f"quantity-{number}", "")))
    if quantity is None:
        return None
    table = tuple(
        (value, label, str(data.get(f"result-{number}-{place}", "")).strip())
        for place, (value, label) in enumerate(quantity.options)
    )
    factor, by = str(data.get(f"factor-{number}", "")).strip(), str(data.get(f"by-{number}", ""))
    return Row(number, quantity, factor, by, table)


def _mistake(row: Row, factors: set[str]) -> str:
    if row.is_fixed and not row.factor:
        return _("金額や数を入力してください。")
    if row.by and row.by not in factors:
        return _("掛ける質問を選び直してください。")
    if row.by and row.factor:
        return _("掛ける数と、掛ける質問は、どちらか一つにしてください。")
    if row.table and not any(result for _value, _label, result in row.table):
        return _("選択肢ごとの値を一つ以上入力してください。")
    numbers = [row.factor, *(result for _value, _label, result in row.table)]
    if not all(_is_number(text) for text in numbers if text):
        return _("数は半角の数字で入力してください。")
    return ""


def _is_number(text: str) -> bool:
    try:
        number_literal(text)
    except ValueError:
        return False
    return len(text) <= 30
