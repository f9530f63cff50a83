"""Conditions as they are put together: JSON of the condition language, or simply yes or no."""

from collections.abc import Iterable, Iterator
from typing import Any

from applications.definition import Logic
from cityhall.conditions import ConditionError, parse_condition

Rule = Logic | bool
_NEVER: Logic = {"eq": [0, 1]}


def every_of(rules: Iterable[Rule]) -> Rule:
    """That all hold; each is written once."""
    found: list[Logic] = []
    for rule in rules:
        if isinstance(rule, bool):
            if not rule:
                return False
        else:
            found += [one for one in _parts("all", rule) if one not in found]
    return _joined("all", found) if found else True


def any_of(rules: Iterable[Rule]) -> Rule:
    """That one holds; each is written once."""
    found: list[Logic] = []
    for rule in rules:
        if isinstance(rule, bool):
            if rule:
                return True
        else:
            found += [one for one in _parts("any", rule) if one not in found]
    return _joined("any", found) if found else False


def negated(rule: Rule) -> Rule:
    """That it does not hold."""
    if isinstance(rule, bool):
        return not rule
    inner: Logic | None = rule.get("not")
    return {"not": rule} if inner is None else inner


def setting_of(rule: Rule) -> Logic | None:
    """The rule as the setting of a question; None where it always holds."""
    if isinstance(rule, bool):
        return None if rule else _NEVER
    return rule


def is_readable(rule: Rule) -> bool:
    """Whether the rule is neither too deep nor too large for the language."""
    try:
        return isinstance(rule, bool) or bool(parse_condition(rule, "rule"))
    except ConditionError:
        return False


def looked_at(document: Any) -> Iterator[str]:
    """Keys of the questions outside of rows, and of the groups, that an expression looks at."""
    if isinstance(document, dict):
        for name, body in document.items():
            if name in ("answer", "rows") and isinstance(body, str):
                yield body.partition(".")[0].partition("__")[0]
            else:
                yield from looked_at(body)
    elif isinstance(document, list):
        for one in document:
            yield from looked_at(one)


def _parts(name: str, rule: Logic) -> list[Logic]:
    """What the rule joins, when it joins in the same way."""
    inner: list[Logic] | None = rule.get(name)
    return [rule] if inner is None else inner


def _joined(name: str, rules: list[Logic]) -> Logic:
    return rules[0] if len(rules) == 1 else {name: rules}
