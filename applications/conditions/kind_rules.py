"""The kinds of values and what may be done with them: one rule for each operator. Mistakes become notes."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import singledispatch

from django.utils.translation import gettext as _

from applications.conditions.kinds import Kind
from applications.conditions.option_rules import note_unknown_options
from applications.conditions.spots import Spot
from cityhall.conditions import language as tree
from cityhall.conditions.language import Condition, Value

_SCALARS = frozenset({Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.DATE_TIME, Kind.TIME, Kind.FLAG})
_LITERALS: dict[type, Kind] = {
    str: Kind.TEXT,
    Decimal: Kind.NUMBER,
    dt.date: Kind.DATE,
    dt.datetime: Kind.DATE_TIME,
    dt.time: Kind.TIME,
    bool: Kind.FLAG,
}
_EQUALITY = frozenset({"eq", "ne"})


@singledispatch
def check_condition(condition: Condition, spot: Spot) -> None:
    """Note everything in the condition that cannot be."""
    raise TypeError(condition)


@check_condition.register
def _all(condition: tree.All, spot: Spot) -> None:
    for part in condition.parts:
        check_condition(part, spot)


@check_condition.register
def _any(condition: tree.AnyOf, spot: Spot) -> None:
    for part in condition.parts:
        check_condition(part, spot)


@check_condition.register
def _not(condition: tree.Not, spot: Spot) -> None:
    check_condition(condition.part, spot)


@check_condition.register
def _compare(condition: tree.Compare, spot: Spot) -> None:
    kind = _same_kind([condition.left, condition.right], spot)
    if kind == Kind.FLAG and condition.operator not in _EQUALITY:
        spot.note(_("「%(kind)s」の大小は比べられません。") % {"kind": kind.label})
    if condition.operator in _EQUALITY:
        note_unknown_options(condition.left, [condition.right], spot)
        note_unknown_options(condition.right, [condition.left], spot)


@check_condition.register
def _one_of(condition: tree.OneOf, spot: Spot) -> None:
    _same_kind([condition.value, *condition.literals], spot)
    note_unknown_options(condition.value, condition.literals, spot)


@check_condition.register
def _contains(condition: tree.Contains, spot: Spot) -> None:
    whole = kind_in(condition.whole, spot)
    if whole is not None and whole not in (Kind.LIST, Kind.TEXT):
        spot.note(_("「含む」を使えるのは、複数の選択か文字です。「%(kind)s」には使えません。") % {"kind": whole.label})
    _expect(Kind.TEXT, condition.part, spot)
    note_unknown_options(condition.whole, [condition.part], spot, only=Kind.LIST)


@check_condition.register
def _filled(condition: tree.Filled, spot: Spot) -> None:
    kind_in(condition.value, spot)


@check_condition.register
def _some_row(condition: tree.SomeRow, spot: Spot) -> None:
    check_condition(condition.where, spot.inside(condition.rows))


@check_condition.register
def _every_row(condition: tree.EveryRow, spot: Spot) -> None:
    check_condition(condition.where, spot.inside(condition.rows))


@singledispatch
def kind_in(value: Value, spot: Spot) -> Kind | None:
    """The kind of a value; None when a mistake, noted, leaves it open."""
    raise TypeError(value)


@kind_in.register
def _literal(value: tree.Literal, _spot: Spot) -> Kind | None:
    return _LITERALS[type(value.value)]


@kind_in.register
def _answer(value: tree.Answer, spot: Spot) -> Kind | None:
    return spot.answer(value.key)


@kind_in.register
def _row_answer(value: tree.RowAnswer, spot: Spot) -> Kind | None:
    return spot.row_answer(value.key)


@kind_in.register
def _today(_value: tree.Today, _spot: Spot) -> Kind | None:
    return Kind.DATE


@kind_in.register
def _age_on(value: tree.AgeOn, spot: Spot) -> Kind | None:
    _expect(Kind.DATE, value.birth, spot)
    _expect(Kind.DATE, value.on, spot)
    return Kind.NUMBER


@kind_in.register
def _add_days(value: tree.AddDays, spot: Spot) -> Kind | None:
    _expect(Kind.DATE, value.date, spot)
    _expect(Kind.NUMBER, value.days, spot)
    return Kind.DATE


@kind_in.register
def _sum(value: tree.Sum, spot: Spot) -> Kind | None:
    for part in value.parts:
        _expect(Kind.NUMBER, part, spot)
    return Kind.NUMBER


@kind_in.register
def _row_sum(value: tree.RowSum, spot: Spot) -> Kind | None:
    _expect(Kind.NUMBER, value.of, spot.inside(value.rows))
    return Kind.NUMBER


@kind_in.register
def _row_count(value: tree.RowCount, spot: Spot) -> Kind | None:
    inside = spot.inside(value.rows)
    if value.where:
        check_condition(value.where, inside)
    return Kind.NUMBER


@kind_in.register
def _times(value: tree.Times, spot: Spot) -> Kind | None:
    _expect(Kind.NUMBER, value.left, spot)
    _expect(Kind.NUMBER, value.right, spot)
    return Kind.NUMBER


@kind_in.register
def _lookup(value: tree.Lookup, spot: Spot) -> Kind | None:
    of = kind_in(value.of, spot)
    if of is not None and of not in _SCALARS:
        spot.note(_("「%(kind)s」から対応する値を引くことはできません。") % {"kind": of.label})
    note_unknown_options(value.of, [tree.Literal(key) for key in value.table], spot)
    results = [*value.table.values(), *([value.otherwise] if value.otherwise else [])]
    return _same_kind(results, spot)


def _same_kind(values: Iterable[Value], spot: Spot) -> Kind | None:
    """The one kind of all these; notes what cannot be compared and what differs from the first."""
    found: Kind | None = None
    for value in values:
        kind = kind_in(value, spot)
        if kind is None:
            continue
        if kind not in _SCALARS:
            spot.note(
                _("「%(kind)s」は、そのままでは比べられません。「回答がある」や「含む」を使うか、欄を選んでください。")
                % {"kind": kind.label}
            )
            return None
        if found is not None and found != kind:
            spot.note(
                _("「%(one)s」と「%(other)s」は比べられません。同じ種類どうしにしてください。")
                % {"one": found.label, "other": kind.label}
            )
            return None
        found = kind
    return found


def _expect(wanted: Kind, value: Value, spot: Spot) -> None:
    kind = kind_in(value, spot)
    if kind is not None and kind != wanted:
        spot.note(
            _("「%(wanted)s」が必要なところに「%(kind)s」があります。") % {"wanted": wanted.label, "kind": kind.label}
        )
