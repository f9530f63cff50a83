"""A written text as parts: plain words, places for values, and choices between two texts.

A tag that stands alone on its line takes the line with it, so that a condition around a list item or a
paragraph leaves no gap.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from cityhall.errors import DomainError
from notices.texts.conditions import BadTest, Test, read_test

MOST_LEVELS = 5
TAG = re.compile(r"\(\(\s*([^()\n]+?)\s*\)\)")
_IF = re.compile(r"(?:if|もし)\s+(.+)")
_ELSE = frozenset({"else", "それ以外"})
_END = frozenset({"end", "ここまで"})


class TextError(DomainError):
    """A condition of the text is not closed, not opened or not understood; `line` says where."""

    code = "bad_notice_text"

    def __init__(self, line: int, written: str, reason: str) -> None:
        self.line, self.written, self.reason = line, written, reason
        super().__init__(
            _("%(line)s行目の %(written)s：%(reason)s") % {"line": line, "written": written, "reason": reason}
        )


@dataclass(frozen=True)
class Slot:
    """A place for the value of this name."""

    name: str


@dataclass(frozen=True)
class Choice:
    """One text when the test holds, another when not."""

    test: Test
    then: "Parts"
    otherwise: "Parts"


Part = str | Slot | Choice
Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Tag:
    """A pair of double brackets, or the words between two of them (`name` is None)."""

    line: int
    written: str
    name: str | None

    @property
    def test_words(self) -> str | None:
        """What follows the `if`; None for other tags."""
        match = _IF.fullmatch(self.name or "")
        return match[1] if match else None

    @property
    def is_else(self) -> bool:
        return self.name in _ELSE

    @property
    def is_end(self) -> bool:
        return self.name in _END

    @property
    def is_control(self) -> bool:
        return self.is_else or self.is_end or self.test_words is not None


@lru_cache(maxsize=1024)
def parse_text(text: str) -> Parts:
    """The parts of a text; the same text is parsed once a process. Raises TextError."""
    return _Parser(text).parse()


def names_in(parts: Parts) -> list[str]:
    """All that is asked of the values, printed or only tested, in the order of first use."""
    return list(dict.fromkeys(_names(parts)))


def tests_in(parts: Parts) -> Iterator[Test]:
    """Every condition, the inner ones too."""
    for part in parts:
        if isinstance(part, Choice):
            yield part.test
            yield from tests_in(part.then)
            yield from tests_in(part.otherwise)


def tags(text: str) -> Iterator[Tag]:
    """The text cut at its double brackets."""
    position = 0
    for match in TAG.finditer(text):
        tag = Tag(text.count("\n", 0, match.start()) + 1, match[0], match[1])
        start, end = _span(text, match) if tag.is_control else match.span()
        if start > position:
            yield Tag(0, text[position:start], None)
        yield tag
        position = end
    if position < len(text):
        yield Tag(0, text[position:], None)


def _span(text: str, match: re.Match[str]) -> tuple[int, int]:
    """From where to where a condition's tag reaches: its whole line when nothing else stands there."""
    line_start = text.rfind("\n", 0, match.start()) + 1
    line_end = text.find("\n", match.end()) + 1 or len(text)
    if text[line_start : match.start()].strip() or text[match.end() : line_end].strip():
        return match.span()
    return line_start, line_end


def _names(parts: Parts) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Slot):
            yield part.name
        elif isinstance(part, Choice):
            yield from part.test.names
            yield from _names(part.then)
            yield from _names(part.otherwise)


class _Parser:
    """Reads one text from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self.tags = tags(text)

    def parse(self) -> Parts:
        parts, last = self._until_control(level=0)
        if last is not None:
            raise TextError(last.line, last.written, _("対応する「if」がありません。"))
        return parts

    def _until_control(self, level: int) -> tuple[Parts, Tag | None]:
        """Parts up to an else or an end, and that tag; None at the end of the text."""
        parts: list[Part] = []
        for tag in self.tags:
            if tag.name is None:
                parts.append(tag.written)
            elif tag.test_words is not None:
                parts.append(self._choice(tag, level + 1))
            elif tag.is_control:
                return tuple(parts), tag
            else:
                parts.append(Slot(tag.name))
        return tuple(parts), None

    def _choice(self, opening: Tag, level: int) -> Choice:
        if level > MOST_LEVELS:
            reason = _("条件の入れ子は%(most)s段までです。") % {"most": MOST_LEVELS}
            raise TextError(opening.line, opening.written, reason)
        try:
            test = read_test(opening.test_words or "")
        except BadTest as error:
            raise TextError(opening.line, opening.written, str(error)) from error
        then, last = self._until_control(level)
        otherwise: Parts = ()
        if last is not None and last.is_else:
            otherwise, last = self._until_control(level)
        if last is None or not last.is_end:
            raise TextError(opening.line, opening.written, _("この条件を閉じる「((end))」がありません。"))
        return Choice(test, then, otherwise)
