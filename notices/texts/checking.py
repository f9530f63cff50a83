"""Placeholders and conditions that would not work, each with the line where it stands."""

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from notices.texts.conditions import BadTest, read_test
from notices.texts.parsing import Tag, TextError, parse_text

_WRITTEN = re.compile(r"\(\(([^()\n]*)\)\)?|（（([^（）\n]*)））?")


@dataclass(frozen=True)
class Mistake:
    """What is wrong in one place.

    `nearest` is the name that was probably meant, or nothing; `reason` says what is wrong with a condition.
    """

    line: int
    written: str
    nearest: str
    reason: str = ""

    @property
    def sentence(self) -> str:
        where = {"line": self.line, "written": self.written, "nearest": f"(({self.nearest}))", "reason": self.reason}
        if self.reason:
            return _("%(line)s行目の %(written)s：%(reason)s") % where
        if self.nearest:
            return _("%(line)s行目：%(written)s という差込項目は使えません。%(nearest)s ではありませんか。") % where
        return _("%(line)s行目：%(written)s という差込項目は使えません。下の一覧から選んでください。") % where


def mistakes_in(text: str, known: Collection[str]) -> list[Mistake]:
    """In the order of the text. Full-width and unclosed brackets are mistakes too: they would be printed as such."""
    found = list(_mistakes(text, known))
    if any(mistake.reason for mistake in found):
        return found
    try:
        parse_text(text)
    except TextError as error:
        found.append(Mistake(error.line, error.written, "", str(error.reason)))
    return found


def _mistakes(text: str, known: Collection[str]) -> Iterator[Mistake]:
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _WRITTEN.finditer(line):
            name = (match[1] if match[1] is not None else match[2] or "").strip()
            is_closed = match[0].startswith("((") and match[0].endswith("))")
            tag = Tag(number, match[0], name)
            if is_closed and tag.is_control:
                yield from _condition_mistakes(tag, known)
            elif not (name in known and is_closed):
                yield Mistake(number, match[0], name if name in known else _nearest(name, known))


def _condition_mistakes(tag: Tag, known: Collection[str]) -> Iterator[Mistake]:
    if tag.test_words is None:
        return
    try:
        test = read_test(tag.test_words)
    except BadTest as error:
        yield Mistake(tag.line, tag.written, "", str(error))
        return
    for name in test.names:
        if name not in known:
            reason = _("「%(name)s」という差込項目はありません。") % {"name": name}
            if nearest := _nearest(name, known):
                reason += _("「%(nearest)s」ではありませんか。") % {"nearest": nearest}
            yield Mistake(tag.line, tag.written, nearest, reason)


def _nearest(name: str, known: Collection[str]) -> str:
    return next(iter(difflib.get_close_matches(name, known, n=1)), "")
