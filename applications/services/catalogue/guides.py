"""The guides of a catalogue: one file a life event, taken over until the city has a guide of its own."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from applications.definition import DefinitionError, fingerprint
from applications.guide import Guide, Result, guide_of, parse
from applications.models import LifeEvent
from applications.services.catalogue.differences import Change, ChangeKind, form_lines
from applications.services.catalogue.problems import CatalogueError, Problem
from applications.services.catalogue.reading import GUIDES
from applications.services.catalogue.yaml_files import read_yaml
from applications.services.guides import add_version, checked, publish_version


@dataclass(frozen=True)
class GuideEntry:
    """One file: the life event it is for, and the document."""

    file: str
    key: str
    change_note: str
    document: dict[str, Any]


def read_guides(folder: Path) -> list[GuideEntry]:
    """Every guide of the folder, read but not yet looked through. Raises CatalogueError with every unreadable file."""
    problems: list[Problem] = []
    entries = []
    for path in sorted((folder / GUIDES).glob("*.yaml")):
        try:
            entries.append(entry_of(path.name, read_yaml(path.name, path.read_bytes(), allows_references=True)))
        except CatalogueError as error:
            problems.extend(error.problems)
    if problems:
        raise CatalogueError(problems)
    return entries


def entry_of(file: str, document: object) -> GuideEntry:
    """The entry of a file's document; its name is the key of the life event."""
    if not isinstance(document, dict):
        raise CatalogueError([Problem(file, "", _("名前と値の組にしてください。"))])
    # of this load, not of the guide
    note = document.pop("change_note", "")
    if not isinstance(note, str):
        raise CatalogueError([Problem(file, "change_note", _("文字で書いてください。"))])
    return GuideEntry(file, Path(file).stem, note[:200], document)


def load_guides(
    entries: Sequence[GuideEntry], *, departments: Mapping[str, str], replaces_own: bool = False
) -> list[Change]:
    """Take the guides over, in the caller's transaction, after the procedures. Raises CatalogueError with all mistakes.

    A guide of the city's own stays, and so does its choice among versions it has had before.
    """
    rows = {row.key: row for row in LifeEvent.objects.select_related("current_guide")}
    named = [(entry, rows.get(entry.key), with_departments(entry.document, departments)) for entry in entries]
    problems = [problem for entry, row, document in named for problem in _problems(entry, row, document)]
    if problems:
        raise CatalogueError(problems)
    return [_load(entry, row, document, replaces_own=replaces_own) for entry, row, document in named if row]


def _problems(entry: GuideEntry, row: LifeEvent | None, document: dict[str, Any]) -> Iterator[Problem]:
    if row is None:
        yield Problem(entry.file, "", _("ライフイベント %(key)s がありません。") % {"key": entry.key})
    try:
        checked(document)
    except DefinitionError as error:
        yield from (Problem(entry.file, one.where, one.message) for one in error.problems)


def _load(entry: GuideEntry, row: LifeEvent, document: dict[str, Any], *, replaces_own: bool) -> Change:
    new = parse(document)
    change = Change(entry.key, new.title)
    current = row.current_guide
    known = row.guides.filter(sha256=fingerprint(document)).first()
    if known is not None and (not replaces_own or known == current):
        return change
    if current is not None and current.created_by_id is not None and not replaces_own:
        change.own.append(_("手続ガイド"))
        return change
    version, _is_new = add_version(life_event=row, document=document, change_note=entry.change_note)
    # what is hidden here is named on the page of the guide, and served at the desk
    was_public = row.is_guide_public or current is None
    publish_version(version=version, expected=row.current_guide_id, accepts_hidden=True)
    if not was_public:
        LifeEvent.objects.filter(pk=row.pk).update(is_guide_public=False)
    change.kind = ChangeKind.NEW if current is None else ChangeKind.CHANGED
    change.lines = guide_lines(None if current is None else guide_of(current), new)
    return change


def guide_lines(old: Guide | None, new: Guide) -> list[str]:
    """One line for each question and result that came, went or changed."""
    before = {one.key: one for one in old.results} if old else {}
    after = {one.key: one for one in new.results}
    lines = (
        form_lines(old.form, new.form) if old and old.form != new.form else [] if old else form_lines(None, new.form)
    )
    lines += [_("＋ 結果 %(name)s") % {"name": _named(one)} for key, one in after.items() if key not in before]
    lines += [_("－ 結果 %(name)s") % {"name": _named(one)} for key, one in before.items() if key not in after]
    lines += [
        _("～ 結果 %(name)s: %(what)s を変更") % {"name": _named(one), "what": ", ".join(_changed(before[key], one))}
        for key, one in after.items()
        if key in before and before[key] != one
    ]
    if old and (old.title, old.intro, old.event) != (new.title, new.intro, new.event):
        lines.append(_("題名・説明文・できごとの日を変更"))
    if old and old.tells != new.tells:
        lines.append(_("様式に引き継ぐ答えを変更"))
    if old and not lines and old != new:
        lines.append(_("結果の並び順を変更"))
    return lines


def _changed(old: Result, new: Result) -> list[str]:
    return [name for name in Result.__dataclass_fields__ if getattr(old, name) != getattr(new, name)]


def _named(result: Result) -> str:
    return f"{result.key}「{result.title}」"


def with_departments(document: dict[str, Any], departments: Mapping[str, str]) -> dict[str, Any]:
    """The document with the city's codes of departments."""
    if not departments or not isinstance(document.get("results"), list):
        return document
    copied = deepcopy(document)
    for result in copied["results"]:
        office = result.get("office") if isinstance(result, dict) else None
        if isinstance(office, dict) and office.get("department") in departments:
            office["department"] = departments[office["department"]]
    return copied
