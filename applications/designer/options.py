"""Options as lines of a text: 「値 | 表示」, or the words alone for a new one."""

import re
from collections.abc import Sequence

_NUMBERED = re.compile(r"o([0-9]{1,6})")
_BAR = re.compile(r"\s*[|｜]\s*")


def options_text(options: Sequence[dict[str, str]]) -> str:
    """The lines that a designer edits."""
    return "\n".join(f"{option.get('value', '')} | {option.get('label', '')}" for option in options)


def read_options(text: str, before: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The options of the lines, in their order.

    A line without a value keeps that of the option with the same words, or gets a new one: answers that
    people gave must not change their meaning because a line moved.
    """
    lines = [_BAR.split(line.strip(), maxsplit=1) for line in text.splitlines() if line.strip()]
    known = {option.get("label", ""): option.get("value", "") for option in before}
    taken = {parts[0] for parts in lines if len(parts) == 2} | set(known.values())
    found = []
    for parts in lines:
        if len(parts) == 2 and parts[0]:
            value, label = parts
        else:
            label = parts[-1]
            value = known.get(label) or _next_value(taken)
        taken.add(value)
        found.append({"value": value, "label": label})
    return found


def _next_value(taken: set[str]) -> str:
    numbers = [int(match[1]) for value in taken if (match := _NUMBERED.fullmatch(value))]
    return f"o{max(numbers, default=0) + 1}"
