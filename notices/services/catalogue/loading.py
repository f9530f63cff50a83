"""Bringing the kinds of notices in line with files. Loading the same files twice changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cityhall.models import Department
from notices.models import NoticeType, NoticeTypeVersion
from notices.services.catalogue.enclosing import enclose, files_differ
from notices.services.catalogue.reading import RULES, CatalogueError, entries, files_of, texts_of


@dataclass(frozen=True)
class Change:
    """What loading one file does (or did): added, changed or unchanged, and which fields differ.

    `keeps_text`: the file says something else than the text that staff of the city wrote, which stays.
    `keeps_rules`: rules that the city set otherwise, which stay too.
    """

    key: str
    kind: str
    fields: tuple[str, ...] = ()
    version: int | None = None
    keeps_text: bool = False
    keeps_rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [self.kind, self.key, f"({', '.join(self.fields)})" if self.fields else ""]
        parts += ["text of the city kept"] if self.keeps_text else []
        parts += [f"rules of the city kept: {', '.join(self.keeps_rules)}"] if self.keeps_rules else []
        return " ".join(part for part in parts if part)


def load_types(
    folder: Path,
    dry_run: bool = False,
    *,
    only: Collection[str] | None = None,
    departments: Mapping[str, str] | None = None,
) -> list[Change]:
    """Bring the kinds of notices in line with the files of a folder; what would change, in a dry run.

    A changed text, or another file enclosed with it, becomes a new version: notices made before keep theirs. What staff
    of the city wrote or set stays, whatever the file says: the newest version counts, and the rules loaded last are
    remembered with the kind. Kinds without a file stay. `only` takes these keys; `departments` says which department of
    this city a code of the files stands for. All or nothing. Raises CatalogueError.
    """
    codes = departments or {}
    with transaction.atomic():
        changes = [_load(file, entry, codes) for file, entry in entries(folder) if only is None or file.stem in only]
        transaction.set_rollback(dry_run)
    return changes


def _load(file: Path, entry: dict[str, Any], departments: Mapping[str, str]) -> Change:
    notice_type = NoticeType.objects.filter(key=entry["key"]).first()
    is_new = notice_type is None
    notice_type = notice_type or NoticeType(key=entry["key"])
    wanted = _rules(file, entry, notice_type, departments)
    kept = _rules_of_the_city(notice_type, wanted)
    changed = _set_rules(file, notice_type, {name: value for name, value in wanted.items() if name not in kept}, wanted)
    newest = notice_type.versions.order_by("-number").first()
    differing = [name for name, text in texts_of(entry).items() if newest is None or getattr(newest, name) != text]
    paths = files_of(file, entry)
    differing += ["files"] if files_differ(newest, paths) else []
    keeps_text = bool(differing) and newest is not None and newest.created_by_id is not None
    version = None
    if differing and not keeps_text:
        version = _make_version(notice_type, newest, entry, paths)
        changed += differing
    kind = "added" if is_new else "changed" if changed else "unchanged"
    fields = () if is_new else tuple(sorted(changed))
    return Change(notice_type.key, kind, fields, version, keeps_text, tuple(kept))


def _rules(
    file: Path, entry: dict[str, Any], notice_type: NoticeType, departments: Mapping[str, str]
) -> dict[str, Any]:
    code = entry.get("department") or ""
    rules = {name: entry[name] for name in RULES if name in entry}
    return {**rules, "department": _department(file, departments.get(code, code), notice_type)}


def _rules_of_the_city(notice_type: NoticeType, wanted: Mapping[str, Any]) -> list[str]:
    """Rules that were changed here since the file was loaded last, and that the file wants otherwise."""
    loaded = notice_type.catalogue_rules or {}
    return [
        name
        for name, value in wanted.items()
        if name in loaded
        and _remembered(getattr(notice_type, name)) != loaded[name]
        and getattr(notice_type, name) != value
    ]


def _set_rules(file: Path, notice_type: NoticeType, rules: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Write the rules that differ, and remember what the file said; the names of what was changed."""
    is_new = notice_type.pk is None
    changed = [name for name, value in rules.items() if is_new or getattr(notice_type, name) != value]
    remembered = {name: _remembered(value) for name, value in wanted.items()}
    if not changed and notice_type.catalogue_rules == remembered:
        return []
    for name in changed:
        setattr(notice_type, name, rules[name])
    notice_type.catalogue_rules = remembered
    try:
        notice_type.full_clean()
    except ValidationError as error:
        raise CatalogueError(file, error.message_dict) from error
    notice_type.save()
    return changed


def _remembered(value: Any) -> Any:
    return value.code if isinstance(value, Department) else value


def _make_version(
    notice_type: NoticeType, newest: NoticeTypeVersion | None, entry: dict[str, Any], paths: Sequence[Path]
) -> int:
    number = newest.number + 1 if newest else 1
    version = NoticeTypeVersion.objects.create(notice_type=notice_type, number=number, **texts_of(entry))
    enclose(version, paths, before=newest)
    return number


def _department(file: Path, code: str, notice_type: NoticeType) -> Department | None:
    if not code:
        return None
    department = Department.objects.filter(code=code).first()
    if department is None and notice_type.pk and notice_type.department is not None:
        # a city without this department chose another one when the kind was first loaded
        return notice_type.department
    if department is None:
        raise CatalogueError(file, f"there is no department {code}")
    return department
