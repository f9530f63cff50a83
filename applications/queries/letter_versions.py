"""The versions of a letter's text, each with the lines that are new and those that are gone."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from applications.queries.letters import LetterKind
from notices.models import NoticeTypeVersion

_GONE, _NEW = "- ", "+ "


@dataclass(frozen=True)
class Line:
    """One changed line."""

    text: str
    is_new: bool


@dataclass(frozen=True)
class VersionChange:
    """A version, and what it changed; the first one changed nothing."""

    version: NoticeTypeVersion
    lines: tuple[Line, ...]


def differences_of(kind: LetterKind) -> list[VersionChange]:
    """Newest first."""
    versions = list(kind.notice_type.versions.select_related("created_by").order_by("-number"))
    before: list[NoticeTypeVersion | None] = [*versions[1:], None]
    return [
        VersionChange(version, tuple(_changes(older, version)) if older else ())
        for version, older in zip(versions, before, strict=True)
    ]


def _changes(older: NoticeTypeVersion, newer: NoticeTypeVersion) -> Iterator[Line]:
    for line in difflib.ndiff(_lines(older), _lines(newer)):
        if line.startswith((_GONE, _NEW)) and line[2:].strip():
            yield Line(line[2:], line.startswith(_NEW))


def _lines(version: NoticeTypeVersion) -> list[str]:
    table = [f"{row['label']}：{row['text']}" for row in version.particulars]
    return [version.title, *version.body.splitlines(), *table, *version.appeal_text.splitlines()]
