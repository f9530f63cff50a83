"""The words of a condition inside a text, as a tree of `cityhall.conditions`.

    ((if fee >= 1,000円 and school contains 中学校))

A field is a placeholder; what is known of it are its parts, made of the words that fill it: `fee.text`,
`fee.number`, `fee.date`.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from cityhall.conditions import Condition, Fact
from cityhall.conditions import language as tree
from cityhall.conditions.decimals import number
from cityhall.days import NoSuchDate, from_wareki
from cityhall.errors import DomainError

TEXT, NUMBER, DATE = "text", "number", "date"
"""What of a value a comparison looks at."""

_COMPARISON = re.compile(
    r"(?P<field>.+?)\s*(?P<operator>>=|<=|!=|==|[=＝≠≧≥≦≤<>＜＞]|\s(?:contains|含む)\s)\s*(?P<value>.+)"
)
_PRESENCE = re.compile(r"(?P<field>[^=!<>＝≠≧≥≦≤＜＞]+?)\s+(?P<word>filled|blank|あり|なし)")
_JOINERS = {"and": tree.All, "かつ": tree.All, "or": tree.AnyOf, "または": tree.AnyOf}
# not between 「 and 」
_JOINED = re.compile(r"\s+(and|or|かつ|または)\s+(?![^「]*」)")
_OPERATORS = {
    "=": "eq", "==": "eq", "＝": "eq", "!=": "ne", "≠": "ne",
    ">": "gt", "＞": "gt", ">=": "gte", "≧": "gte", "≥": "gte",
    "<": "lt", "＜": "lt", "<=": "lte", "≦": "lte", "≤": "lte",
}  # fmt: skip
_NUMBER = re.compile(r"(-?[0-9,]+(?:\.[0-9]+)?)\s*[^0-9,.\-/年]{0,3}")
_ISO_DATE = re.compile(r"([0-9]{4})[-/年]([0-9]{1,2})[-/月]([0-9]{1,2})日?")
_ERA_DATE = re.compile(r"(令和|平成|昭和|大正|明治)(元|[0-9]{1,2})年([0-9]{1,2})月([0-9]{1,2})日(?:（[0-9]{4}年）)?")


class BadTest(DomainError):
    """The words after `if` are no condition; the message says what is missing."""

    code = "bad_text_condition"


@dataclass(frozen=True)
class Test:
    """A condition, and the parts of fields that it looks at: (name, kind)."""

    condition: Condition
    looks_at: frozenset[tuple[str, str]]

    @property
    def names(self) -> list[str]:
        return sorted({name for name, _kind in self.looks_at})


def read_test(words: str) -> Test:
    """The test of a tag. Raises BadTest."""
    pieces = _JOINED.split(words.strip())
    tests = [_read_one(piece) for piece in pieces[::2]]
    joiners = {_JOINERS[word] for word in pieces[1::2]}
    if len(joiners) > 1:
        raise BadTest(_("「and」と「or」を一つの条件に混ぜることはできません。条件を入れ子にしてください。"))
    looks_at = frozenset().union(*(test.looks_at for test in tests))
    if not joiners:
        return tests[0]
    return Test(joiners.pop()(tuple(test.condition for test in tests)), looks_at)


def facts_of(values: Mapping[str, str], looks_at: Iterable[tuple[str, str]]) -> dict[str, Fact]:
    """What the words say to the conditions; what cannot be read as the kind that is asked for is blank."""
    facts: dict[str, Fact] = {}
    for name, kind in looks_at:
        fact = _READERS[kind](values[name])
        if fact is not None:
            facts[f"{name}.{kind}"] = fact
    return facts


def _read_one(words: str) -> Test:
    if match := _PRESENCE.fullmatch(words):
        filled = tree.Filled(_part(match["field"], TEXT))
        is_asked = match["word"] in ("filled", "あり")
        return Test(filled if is_asked else tree.Not(filled), frozenset({(match["field"], TEXT)}))
    match = _COMPARISON.fullmatch(words)
    if match is None:
        raise BadTest(
            _("条件は「項目 = 値」「項目 >= 数」「項目 contains 文字」「項目 filled」のように書いてください。")
        )
    return _read_comparison(match["field"], match["operator"].strip(), match["value"].strip())


def _read_comparison(field: str, word: str, written: str) -> Test:
    operator = _OPERATORS.get(word)
    if operator is None:
        contains = tree.Contains(_part(field, TEXT), tree.Literal(_unquoted(written)))
        return Test(contains, frozenset({(field, TEXT)}))
    kind, literal = _literal(written, is_ordered=operator not in ("eq", "ne"))
    compare = tree.Compare(operator, _part(field, kind), tree.Literal(literal))
    return Test(compare, frozenset({(field, kind)}))


def _literal(written: str, *, is_ordered: bool) -> tuple[str, str | Decimal | dt.date]:
    """Equality is of words as they stand; more and less need a number or a date."""
    if not is_ordered:
        return TEXT, _unquoted(written)
    day = _date(written)
    if day is not None:
        return DATE, day
    amount = _number(written)
    if amount is None:
        raise BadTest(_("「%(value)s」は数でも日付でもないため、大小を比べられません。") % {"value": written})
    return NUMBER, amount


def _part(field: str, kind: str) -> tree.Answer:
    return tree.Answer(f"{field}.{kind}")


def _unquoted(written: str) -> str:
    for first, last in ("「」", '""'):
        if len(written) > 1 and written.startswith(first) and written.endswith(last):
            return written[1:-1]
    return written


def _text(value: str) -> str | None:
    return value.strip() or None


def _number(value: str) -> Decimal | None:
    """12,000円, １２０００ and 12.5% are numbers; the unit may have three characters."""
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", value).strip())
    return number(match[1].replace(",", "")) if match else None


def _date(value: str) -> dt.date | None:
    written = value.strip()
    try:
        if match := _ISO_DATE.fullmatch(unicodedata.normalize("NFKC", written)):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _ERA_DATE.fullmatch(written):
            year = 1 if match[2] == "元" else int(match[2])
            return from_wareki(match[1], year, int(match[3]), int(match[4]))
    except (ValueError, NoSuchDate):
        return None
    return None


_READERS = {TEXT: _text, NUMBER: _number, DATE: _date}
