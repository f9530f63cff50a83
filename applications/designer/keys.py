"""Keys of fields: numbered once and for all, and what must follow when one is renamed before publication."""

import re
from collections.abc import Mapping
from typing import Any

from applications.designer.places import Document, places

_NUMBERED = re.compile(r"(?:q|page_)([0-9]{1,9})")
_REFERRING = frozenset({"answer", "row", "rows"})


def keys_of(document: Document) -> set[str]:
    """Every key of the document, of sections, fields and fields in groups."""
    own = {page["key"] for page in document["pages"]}
    return own | {place.field["key"] for place in places(document)}


def keys_beside(document: Document, group: str = "") -> set[str]:
    """The keys that a field of a group, or one outside of groups, may not have: those of its own level."""
    inside = {place.field["key"] for place in places(document) if (place.group["key"] if place.group else "") == group}
    return inside if group else inside | {page["key"] for page in document["pages"]}


def highest_number(document: Document) -> int:
    """The highest number that a key of the document carries: counting goes on after it."""
    matches = (_NUMBERED.fullmatch(key) for key in keys_of(document))
    return max((int(match[1]) for match in matches if match), default=0)


def renamed(value: Any, old: str, new: str) -> Any:
    """A condition, expression, field or document with every reference to one question changed."""
    if isinstance(value, list):
        return [renamed(item, old, new) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _renamed_setting(name, item, old, new) for name, item in value.items()}


def _renamed_setting(name: str, item: Any, old: str, new: str) -> Any:
    if name == "translations":
        return renamed_words(item, old, new)
    return _reference(item, old, new) if name in _REFERRING and isinstance(item, str) else renamed(item, old, new)


def renamed_words(tables: Mapping[str, Mapping[str, str]], old: str, new: str) -> dict[str, dict[str, str]]:
    """A form's words in other languages with one question renamed."""
    return {language: _renamed_places(table, old, new) for language, table in tables.items()}


def _renamed_places(table: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    """Words stay with their question (`question:label`, `group.question:option.a`); pages have keys of their own."""
    pattern = re.compile(rf"^((?:\w+\.)?){re.escape(old)}(?=[.:])")
    return {
        place if place.endswith((":title", ":intro")) else pattern.sub(rf"\g<1>{new}", place): text
        for place, text in table.items()
    }


def relevelled(value: Any, old: str, new: str, *, was: str, now: str) -> Any:
    """The same where a question came into a repeating group (`was` answer, `now` row) or left it.

    What looks into the rows of a group is left as it is: `row` means something else there.
    """
    if isinstance(value, list):
        return [relevelled(item, old, new, was=was, now=now) for item in value]
    if not isinstance(value, dict) or "rows" in value:
        return value
    reference = value.get(was)
    if isinstance(reference, str) and (found := _renamed(reference, old, new)) is not None:
        return {now: found}
    return {name: relevelled(item, old, new, was=was, now=now) for name, item in value.items()}


def _reference(reference: str, old: str, new: str) -> str:
    found = _renamed(reference, old, new)
    return reference if found is None else found


def _renamed(reference: str, old: str, new: str) -> str | None:
    """`key`, `key.part` and `key__other` name the same question. None: another question."""
    match = re.fullmatch(rf"{re.escape(old)}(|\..*|__other)", reference)
    return f"{new}{match[1]}" if match else None
