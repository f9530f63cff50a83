"""Filling a text: ((name)) becomes a value, and a value is never markup."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from cityhall.conditions import evaluate
from cityhall.errors import DomainError
from notices.texts.conditions import facts_of
from notices.texts.parsing import Choice, Part, Parts, Slot, names_in, parse_text

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:=])")
# the conditions of texts look at values only, never at the calendar
_ANY_DAY = dt.date.min


class MissingValues(DomainError):
    """The text names values that the caller did not give."""

    code = "missing_values"

    def __init__(self, names: list[str]) -> None:
        super().__init__(_("通知文に差し込む項目が足りません: %(names)s") % {"names": "、".join(names)})


def placeholders(text: str) -> list[str]:
    """Names of the values that the text needs, to print or for its conditions, in the order of their first use.

    Raises TextError.
    """
    return names_in(parse_text(text))


def has_section_of(text: str, name: str) -> bool:
    """Whether a heading of the text has nothing but this placeholder under it: empty, the heading would stand alone."""
    return bool(re.search(rf"^#+ [^\n]*\n+\(\(\s*{re.escape(name)}\s*\)\)\s*(?:\n\s*\n|\Z)", text, re.MULTILINE))


def escape_markdown(value: str) -> str:
    """The value as Markdown that shows exactly its characters.

    Line ends stay line ends (hard breaks), blank lines stay paragraphs; blanks at the start of a line
    go, because four of them would make it a block of code.
    """
    lines = [_MARKUP.sub(r"\\\1", line.strip()) for line in value.strip().splitlines()]
    if len(lines) == 1:
        return lines[0]
    parts: list[str] = []
    for index, line in enumerate(lines):
        is_last_of_paragraph = index + 1 == len(lines) or not lines[index + 1]
        parts.append(line if is_last_of_paragraph or not line else line + "\\")
    return "\n".join(parts)


def fill(text: str, values: Mapping[str, str], *, markdown: bool = False) -> str:
    """The text with its values, in one pass (a value that looks like a placeholder stays what it is).

    Raises MissingValues, naming all that are missing, and TextError.
    """
    parts = parse_text(text)
    need(names_in(parts), values)
    return join(parts, values, escape_markdown if markdown else str)


def need(names: list[str] | tuple[str, ...], values: Mapping[str, str]) -> None:
    """Raise MissingValues for the names without a value."""
    missing = [name for name in names if name not in values]
    if missing:
        raise MissingValues(missing)


def join(parts: Parts, values: Mapping[str, str], shown: Callable[[str], str]) -> str:
    """The words of parsed parts; `shown` is how a value is written into them."""
    words = []
    for part in parts:
        if isinstance(part, str):
            words.append(part)
        elif isinstance(part, Slot):
            words.append(shown(values[part.name]))
        else:
            words.append(join(chosen(part, values), values, shown))
    return "".join(words)


def settle(parts: Parts, values: Mapping[str, str], shown: Callable[[str], str]) -> Parts:
    """The same parts with these values written in, as far as they go; conditions on other values stay open."""
    made: list[Part] = []
    for part in parts:
        if isinstance(part, Slot) and part.name in values:
            made.append(shown(values[part.name]))
        elif not isinstance(part, Choice):
            made.append(part)
        elif all(name in values for name, _kind in part.test.looks_at):
            made += settle(chosen(part, values), values, shown)
        else:
            then, otherwise = (settle(branch, values, shown) for branch in (part.then, part.otherwise))
            made.append(Choice(part.test, then, otherwise))
    joined: list[Part] = []
    for is_text, group in groupby(made, lambda part: isinstance(part, str)):
        parts_alike = list(group)
        joined += ["".join(map(str, parts_alike))] if is_text else parts_alike
    return tuple(joined)


def slots(parts: Parts, values: Mapping[str, str]) -> Iterator[str]:
    """Names that are printed with these values."""
    for part in parts:
        if isinstance(part, Slot):
            yield part.name
        elif isinstance(part, Choice):
            yield from slots(chosen(part, values), values)


def chosen(choice: Choice, values: Mapping[str, str]) -> Parts:
    """The text of a choice that these values call for."""
    facts = facts_of(values, choice.test.looks_at)
    holds = evaluate(choice.test.condition, facts, today=_ANY_DAY)
    return choice.then if holds else choice.otherwise
