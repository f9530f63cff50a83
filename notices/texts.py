"""Filling the text of a notice: ((name)) becomes a value, and a value is never markup."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError

PLACEHOLDER = re.compile(r"\(\(\s*([^()]+?)\s*\)\)")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:=])")


class MissingValues(DomainError):
    """The text names values that the caller did not give."""

    code = "missing_values"

    def __init__(self, names: list[str]) -> None:
        super().__init__(_("通知文に差し込む項目が足りません: %(names)s") % {"names": "、".join(names)})


def placeholders(text: str) -> list[str]:
    """Names of the placeholders in the order of their first use."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def has_section_of(text: str, name: str) -> bool:
    """Whether a heading of the text has nothing but this placeholder under it: empty, the heading would stand alone."""
    return bool(re.search(rf"^#+ [^\n]*\n+\(\(\s*{re.escape(name)}\s*\)\)\s*(?:\n\s*\n|\Z)", text, re.MULTILINE))


def escape_markdown(value: str) -> str:
    """The value as Markdown that shows exactly its characters.

    Line ends stay line ends (hard breaks), blank lines stay paragraphs; blanks at the start of a line
    go, because four of them would make it a block of code.
    """
    lines = [_MARKUP.sub(r"\\\1", line.strip()) for line in value.strip().splitlines()]
    parts: list[str] = []
    for index, line in enumerate(lines):
        is_last_of_paragraph = index + 1 == len(lines) or not lines[index + 1]
        parts.append(line if is_last_of_paragraph or not line else line + "\\")
    return "\n".join(parts)


def fill(text: str, values: Mapping[str, str], *, markdown: bool = False) -> str:
    """The text with its values, in one pass (a value that looks like a placeholder stays what it is).

    Raises MissingValues, naming all that are missing.
    """
    missing = [name for name in placeholders(text) if name not in values]
    if missing:
        raise MissingValues(missing)

    def value_of(match: re.Match[str]) -> str:
        value = values[match[1]]
        return escape_markdown(value) if markdown else value

    return PLACEHOLDER.sub(value_of, text)
