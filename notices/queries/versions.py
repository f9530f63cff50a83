"""Versions of a text, each with the lines that are new and those that are gone."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from notices.models import NoticeType, NoticeTypeVersion

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


def differences_of(notice_type: NoticeType) -> list[VersionChange]:
    """Every version beside the one before it, newest first."""
    versions = list(_versions(notice_type))
    before: list[NoticeTypeVersion | None] = [*versions, None][1:]
    return [
        VersionChange(version, changed_lines(older, version) if older else ())
        for version, older in zip(versions, before, strict=True)
    ]


def two_versions(notice_type: NoticeType, older: int, newer: int) -> VersionChange | None:
    """One version beside any earlier one; None when one of them is not there."""
    found = {version.number: version for version in _versions(notice_type).filter(number__in=[older, newer])}
    if len(found) != 2 or older >= newer:
        return None
    return VersionChange(found[newer], changed_lines(found[older], found[newer]))


def changed_lines(older: NoticeTypeVersion, newer: NoticeTypeVersion) -> tuple[Line, ...]:
    """What is gone and what is new, in the order of the text."""
    return tuple(_changes(older, newer))


def _versions(notice_type: NoticeType) -> QuerySet[NoticeTypeVersion]:
    return notice_type.versions.select_related("created_by").prefetch_related("files__file").order_by("-number")


def _changes(older: NoticeTypeVersion, newer: NoticeTypeVersion) -> Iterator[Line]:
    for line in difflib.ndiff(_lines(older), _lines(newer)):
        if line.startswith((_GONE, _NEW)) and line[2:].strip():
            yield Line(line[2:], line.startswith(_NEW))


def _lines(version: NoticeTypeVersion) -> list[str]:
    table = [f"{row['label']}：{row['text']}" for row in version.particulars]
    lines = [version.title, *version.body.splitlines(), *table, *version.appeal_text.splitlines()]
    for language, texts in sorted(version.translations.items()):
        lines += [f"[{language}] {line}" for text in texts.values() for line in text.splitlines()]
    if version.action_kind:
        lines.append(f"{version.action_label} → {version.action_kind}:{version.action_target}")
    lines += [f"{name}：{value}" for name, value in version.action_values.items()]
    lines += [f"{name}：{value}" for name, value in version.sample.items()]
    return lines + [one.file.name for one in version.files.all()]
