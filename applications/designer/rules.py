"""Conditions as rows of drop-downs: from JSON to rows where the rows can say the same, and back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.conditions.kinds import Kind
from applications.designer.subjects import Subject, tree_of

ALL, ANY = "all", "any"
_LITERALS = {Kind.DATE: "date", Kind.TIME: "time", Kind.DATE_TIME: "date_time"}
_COMPARING = ("eq", "ne", "gte", "gt", "lte", "lt")
_FILLED: dict[str, str | Promise] = {"filled": _("に回答がある"), "blank": _("に回答がない")}
_NUMBERS: dict[str, str | Promise] = {
    "eq": _("が次と等しい"),
    "ne": _("が次と等しくない"),
    "gte": _("が次以上"),
    "gt": _("が次より大きい"),
    "lte": _("が次以下"),
    "lt": _("が次未満"),
}
_MOMENTS: dict[str, str | Promise] = {
    "eq": _("が次の日時である"),
    "gte": _("が次以後"),
    "gt": _("が次より後"),
    "lte": _("が次以前"),
    "lt": _("が次より前"),
}
_DEADLINES: dict[str, str | Promise] = {
    "not_before": _("が申請する日の（日数）日後か、それより後"),
    "not_after": _("が申請する日の（日数）日後か、それより前"),
    "within": _("から（日数）日以内に申請している"),
    "past": _("から（日数）日を過ぎて申請している"),
}
_TEXTS: dict[str, str | Promise] = {
    "eq": _("が次と等しい"),
    "ne": _("が次と等しくない"),
    "contains": _("に次の文字が含まれる"),
    "lacks": _("に次の文字が含まれない"),
}
_CHOICES: dict[str, str | Promise] = {"in": _("が次のどれか"), "not_in": _("が次のどれでもない")}
_LISTS: dict[str, str | Promise] = {"contains": _("で次が選ばれている"), "lacks": _("で次が選ばれていない")}


@dataclass(frozen=True)
class Rule:
    """One row: what is looked at, how, and with what.

    `on` is the day on which an age is counted; blank is the day of the application.
    """

    subject: Subject
    operator: str
    values: tuple[str, ...] = ()
    days: str = ""
    on: str = ""


@dataclass(frozen=True)
class Plan:
    """All rows of a condition."""

    rules: tuple[Rule, ...]
    joiner: str = ALL
    is_negated: bool = False


def operators(subject: Subject) -> dict[str, str | Promise]:
    """What can be asked about a subject."""
    match subject.kind:
        case Kind.TEXT:
            return (_CHOICES if subject.options else _TEXTS) | _FILLED
        case Kind.LIST:
            return _LISTS | _FILLED
        case Kind.NUMBER:
            return _NUMBERS | _FILLED
        case Kind.DATE:
            return _MOMENTS | _DEADLINES | _FILLED
        case Kind.TIME | Kind.DATE_TIME:
            return _MOMENTS | _FILLED
    return dict(_FILLED)


def needs_value(operator: str) -> bool:
    return operator not in (*_FILLED, *_DEADLINES)


def needs_days(operator: str) -> bool:
    return operator in _DEADLINES


# --- to JSON -------------------------------------------------------------------------------------


def condition_of(plan: Plan) -> dict[str, Any] | None:
    """The condition that the rows say; None for no rows."""
    trees = [_tree(rule) for rule in plan.rules]
    if not trees:
        return None
    whole = trees[0] if len(trees) == 1 else {plan.joiner: trees}
    return {"not": whole} if plan.is_negated else whole


def _tree(rule: Rule) -> dict[str, Any]:
    condition = _condition(rule, tree_of(rule.subject, rule.on))
    if rule.subject.quantifier:
        return {rule.subject.quantifier: {"rows": rule.subject.reference.partition(".")[0], "where": condition}}
    return condition


def _condition(rule: Rule, value: dict[str, Any]) -> dict[str, Any]:
    literals = [literal_of(rule.subject.kind, text) for text in rule.values]
    write = _WRITERS.get(rule.operator)
    return write(value, literals, rule.days) if write else {rule.operator: [value, literals[0]]}


def _write_in(value: Any, literals: list[Any], _days: str) -> dict[str, Any]:
    return {"eq": [value, literals[0]]} if len(literals) == 1 else {"in": [value, literals]}


def _write_not_in(value: Any, literals: list[Any], _days: str) -> dict[str, Any]:
    return {"ne": [value, literals[0]]} if len(literals) == 1 else {"not": {"in": [value, literals]}}


def _today_and(days: str) -> dict[str, Any]:
    return {"add_days": [{"today": True}, int(days)]}


Writer = Callable[[Any, list[Any], str], dict[str, Any]]
_WRITERS: dict[str, Writer] = {
    "filled": lambda value, _literals, _days: {"filled": value},
    "blank": lambda value, _literals, _days: {"not": {"filled": value}},
    "in": _write_in,
    "not_in": _write_not_in,
    "lacks": lambda value, literals, _days: {"not": {"contains": [value, literals[0]]}},
    "not_before": lambda value, _literals, days: {"gte": [value, _today_and(days)]},
    "not_after": lambda value, _literals, days: {"lte": [value, _today_and(days)]},
    "within": lambda value, _literals, days: {"lte": [{"today": True}, {"add_days": [value, int(days)]}]},
    "past": lambda value, _literals, days: {"gt": [{"today": True}, {"add_days": [value, int(days)]}]},
}
"""How operators of a row are written that are no operator of the language with the same two sides."""


def literal_of(kind: Kind, text: str) -> Any:
    """What was chosen or typed, as the language writes it."""
    if kind == Kind.NUMBER:
        return number_literal(text)
    return {_LITERALS[kind]: text} if kind in _LITERALS else text


def number_literal(text: str) -> int | dict[str, str]:
    """Whole numbers as they are, others as exact decimals. Raises ValueError for what is no number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite():
        raise ValueError(text)
    whole = int(number)
    return whole if number == whole and abs(whole) < 2**53 else {"number": format(number, "f")}


# --- from JSON -----------------------------------------------------------------------------------


def plan_of(condition: Any, known: Sequence[Subject]) -> Plan | None:
    """The rows that say what the condition says; None where they cannot."""
    by_name = {subject.name: subject for subject in known}
    plan = _read_whole(condition, by_name)
    if plan is None or not plan.rules:
        return None
    try:
        return plan if _is_same(condition_of(plan), condition) else None
    except ValueError:
        # a literal of another kind than the question: no row can say it
        return None


def _read_whole(condition: Any, known: Mapping[str, Subject]) -> Plan | None:
    rule = _read(condition, known)
    if rule:
        return Plan((rule,))
    match condition:
        case {"not": inner} if not _is_not(inner):
            plan = _read_whole(inner, known)
            return Plan(plan.rules, plan.joiner, is_negated=True) if plan else None
        case {"all": [*parts]}:
            joiner = ALL
        case {"any": [*parts]}:
            joiner = ANY
        case _:
            return None
    rules = [_read(part, known) for part in parts]
    return Plan(tuple(rule for rule in rules if rule), joiner) if all(rules) else None


def _is_not(tree: Any) -> bool:
    return isinstance(tree, dict) and "not" in tree


def _is_same(ours: Any, theirs: Any) -> bool:
    """A list of one says what its only member says."""
    match theirs:
        case {"all": [only]} | {"any": [only]}:
            return ours in (theirs, only)
        case {"not": inner}:
            return bool(ours == theirs) or ("not" in (ours or {}) and _is_same(ours["not"], inner))
    return bool(ours == theirs)


def _read(tree: Any, known: Mapping[str, Subject]) -> Rule | None:
    """The row that says this condition, if one can."""
    if not isinstance(tree, dict) or len(tree) != 1:
        return None
    name, body = next(iter(tree.items()))
    match name, body:
        case (("some" | "every"), {"rows": str(rows), "where": where}):
            return _read_condition(where, lambda value: _subject_in_row(value, name, rows, known))
        case _:
            return _read_condition(tree, lambda value: _subject(value, known))


Finder = Callable[[Any], tuple[Subject | None, str]]


def _read_condition(tree: Any, find: Finder) -> Rule | None:
    return _read_presence(tree, find) or _read_deadline(tree, find) or _read_comparison(tree, find)


def _read_presence(tree: Any, find: Finder) -> Rule | None:
    match tree:
        case {"filled": value}:
            return _rule(find, value, "filled")
        case {"not": {"filled": value}}:
            return _rule(find, value, "blank")
        case {"not": {"contains": [value, part]}}:
            return _rule(find, value, "lacks", [part])
        case {"not": {"in": [value, [*choices]]}}:
            return _rule(find, value, "not_in", choices)
    return None


def _read_deadline(tree: Any, find: Finder) -> Rule | None:
    match tree:
        case {"lte": [{"today": True}, {"add_days": [value, int(days)]}]}:
            return _rule(find, value, "within", days=str(days))
        case {"gt": [{"today": True}, {"add_days": [value, int(days)]}]}:
            return _rule(find, value, "past", days=str(days))
        case {"gte": [value, {"add_days": [{"today": True}, int(days)]}]}:
            return _rule(find, value, "not_before", days=str(days))
        case {"lte": [value, {"add_days": [{"today": True}, int(days)]}]}:
            return _rule(find, value, "not_after", days=str(days))
    return None


def _read_comparison(tree: Any, find: Finder) -> Rule | None:
    match tree:
        case {"in": [value, [*choices]]}:
            return _rule(find, value, "in", choices)
        case {"contains": [value, part]}:
            return _rule(find, value, "contains", [part])
        case {**pair} if len(pair) == 1:
            ((operator, body),) = pair.items()
            if operator in _COMPARING and isinstance(body, list) and len(body) == 2:
                return _rule(find, body[0], operator, [body[1]])
    return None


def _rule(find: Finder, value: Any, operator: str, literals: Sequence[Any] = (), days: str = "") -> Rule | None:
    subject, on = find(value)
    texts = [_text(literal) for literal in literals]
    if subject is None or None in texts:
        return None
    if subject.options and operator in ("eq", "ne"):
        operator = {"eq": "in", "ne": "not_in"}[operator] if subject.kind == Kind.TEXT else operator
    if operator not in operators(subject):
        return None
    return Rule(subject, operator, tuple(text for text in texts if text is not None), days, on)


def _subject(value: Any, known: Mapping[str, Subject]) -> tuple[Subject | None, str]:
    match value:
        case {"answer": str(reference)}:
            return known.get(f"answer:{reference}"), ""
        case {"row": str(reference)}:
            return known.get(f"row:{reference}"), ""
        case {"count": {"rows": str(rows), **rest}} if not rest:
            return known.get(f"count:{rows}"), ""
        case {"age_on": [{"answer": str(reference)}, on]}:
            return _aged(known.get(f"age:{reference}"), on)
        case {"age_on": [{"row": str(reference)}, on]}:
            return _aged(known.get(f"rowage:{reference}"), on)
    return None, ""


def _aged(subject: Subject | None, on: Any) -> tuple[Subject | None, str]:
    match on:
        case {"today": True}:
            return subject, ""
        case {"date": str(day)}:
            return subject, day
    return None, ""


def _subject_in_row(value: Any, name: str, rows: str, known: Mapping[str, Subject]) -> tuple[Subject | None, str]:
    match value:
        case {"row": str(reference)}:
            return known.get(f"{name}:{rows}.{reference}"), ""
        case {"age_on": [{"row": str(reference)}, on]}:
            return _aged(known.get(f"{name}age:{rows}.{reference}"), on)
    return None, ""


def _text(literal: Any) -> str | None:
    match literal:
        case bool():
            return None
        case int() | str():
            return str(literal)
        case {"number": str(text)} | {"date": str(text)} | {"time": str(text)} | {"date_time": str(text)}:
            return text
    return None
