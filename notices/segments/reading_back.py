"""A segment as the boxes of its builder: the way back from what `SegmentForm` stores.

What is not of the builder's making comes back as something else; the form builds it again and compares.
"""

from collections.abc import Mapping
from typing import Any, Final

_DAYS_A_MONTH: Final = 30


def answers_of(segment: Mapping[str, Any]) -> dict[str, Any]:
    """Name of the box → answer."""
    answers: dict[str, Any] = {"subject": "child" if "about" in segment else "self"}
    for part in _parts(segment.get("about")):
        answers |= _bound(part, "child_")
    for part in _parts(segment.get("who")):
        answers |= _answer(part)
    return answers


def _parts(condition: Any) -> list[Any]:
    found = condition.get("all") if isinstance(condition, dict) else None
    return found if isinstance(found, list) else []


def _answer(part: Any) -> dict[str, Any]:
    match part:
        case {"in": [{"answer": str(key)}, list(chosen)]} | {"contains": [{"answer": str(key)}, chosen]}:
            return {f"fact-{key}": chosen}
        case {"eq": [{"answer": str(key)}, bool(chosen)]}:
            return {f"fact-{key}": "yes" if chosen else "no"}
        case {"gte": [{"answer": str(key)}, {"add_days": [{"today": True}, int(days)]}]}:
            fact, _dot, chosen = key.partition(".")
            return {f"fact-{fact}": chosen, f"fact-{fact}-months": -days // _DAYS_A_MONTH}
        case {"some": {"rows": str(key), "where": where}}:
            found: dict[str, Any] = {}
            for inner in _parts(where):
                found |= _bound(inner, f"fact-{key}-")
            return found
        case {"gte": [{"answer": str(key)}, int()]} | {"lte": [{"answer": str(key)}, int()]}:
            return _bound(part, f"fact-{key}-")
    return {}


def _bound(part: Any, prefix: str) -> dict[str, Any]:
    match part:
        case {"gte": [_value, int(low)]}:
            return {f"{prefix}from": low}
        case {"lte": [_value, int(high)]}:
            return {f"{prefix}to": high}
    return {}
