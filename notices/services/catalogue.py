"""Loading kinds of notices from files. Loading the same files twice changes nothing.

A file `<key>.yaml` has: key, name, category (replaces_post, answers, new), legal_basis, department (code or
null), consent_required, consent_text_version, signature_mode (city_seal, none), needs_confirmation,
hours_until_paper (or null), retention_years, title, body, appeal_text, and optionally particulars, a list of
{label, text} for the table under the text. Texts may use ((placeholders)).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction

from cityhall.errors import DomainError
from cityhall.models import Department
from notices.models import NoticeType, NoticeTypeVersion

TYPES_FOLDER = Path(__file__).resolve().parents[1] / "catalogue" / "types"
_RULES = {
    "name",
    "category",
    "legal_basis",
    "department",
    "consent_required",
    "consent_text_version",
    "signature_mode",
    "needs_confirmation",
    "hours_until_paper",
    "retention_years",
}
_TEXTS = {"title": "", "body": "", "appeal_text": "", "particulars": []}
_REQUIRED = {"key", "name", "category", "title", "body"}


class CatalogueError(DomainError):
    """A file of the catalogue is wrong; the message names the file and what is wrong in it."""

    code = "catalogue_error"

    def __init__(self, file: Path, problem: object) -> None:
        super().__init__(f"{file.name}: {problem}")


@dataclass(frozen=True)
class Change:
    """What loading one file does (or did): added, changed or unchanged, and which fields differ.

    `keeps_text`: the file says something else than the text that staff of the city wrote, which stays.
    """

    key: str
    kind: str
    fields: tuple[str, ...] = ()
    version: int | None = None
    keeps_text: bool = False

    def __str__(self) -> str:
        parts = [self.kind, self.key, f"({', '.join(self.fields)})" if self.fields else ""]
        parts += ["text of the city kept"] if self.keeps_text else []
        return " ".join(part for part in parts if part)


def load_types(
    folder: Path,
    dry_run: bool = False,
    *,
    only: Collection[str] | None = None,
    departments: Mapping[str, str] | None = None,
) -> list[Change]:
    """Bring the kinds of notices in line with the files of a folder; what would change, in a dry run.

    A changed text becomes a new version: notices made before keep theirs. A text that staff wrote stays, whatever the
    file says: the newest version counts, and the list of letters says whose it is. Kinds without a file stay. `only`
    takes these keys; `departments` says which department of this city a code of the files stands for.
    All or nothing. Raises CatalogueError.
    """
    codes = departments or {}
    with transaction.atomic():
        changes = [_load(file, entry, codes) for file, entry in _entries(folder) if only is None or file.stem in only]
        transaction.set_rollback(dry_run)
    return changes


def known_types(folder: Path) -> dict[str, dict[str, Any]]:
    """The kinds of notices that the files of a folder describe, by their keys. Raises CatalogueError."""
    return {entry["key"]: entry for _file, entry in _entries(folder)}


def _entries(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted(folder.glob("*.yaml")):
        try:
            entry = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise CatalogueError(file, error) from error
        if not isinstance(entry, dict):
            raise CatalogueError(file, "a mapping is expected")
        _check_shape(file, entry)
        yield file, entry


def _check_shape(file: Path, entry: dict[str, Any]) -> None:
    unknown = entry.keys() - _RULES - _TEXTS.keys() - {"key"}
    missing = _REQUIRED - entry.keys()
    if unknown or missing:
        raise CatalogueError(file, f"unknown: {sorted(unknown)}, missing: {sorted(missing)}")
    if entry["key"] != file.stem:
        raise CatalogueError(file, "the key and the name of the file differ")
    rows = entry.get("particulars", [])
    if not all(isinstance(row, dict) and row.keys() == {"label", "text"} for row in rows):
        raise CatalogueError(file, "particulars are a list of {label, text}")


def _load(file: Path, entry: dict[str, Any], departments: Mapping[str, str]) -> Change:
    notice_type = NoticeType.objects.filter(key=entry["key"]).first()
    is_new = notice_type is None
    notice_type = notice_type or NoticeType(key=entry["key"])
    rules = {name: entry[name] for name in _RULES if name in entry}
    code = entry.get("department") or ""
    rules["department"] = _department(file, departments.get(code, code), notice_type)
    changed = [name for name, value in rules.items() if is_new or getattr(notice_type, name) != value]
    for name, value in rules.items():
        setattr(notice_type, name, value)
    if changed:
        try:
            notice_type.full_clean()
        except ValidationError as error:
            raise CatalogueError(file, error.message_dict) from error
        notice_type.save()
    newest = notice_type.versions.order_by("-number").first()
    differing = _differing_texts(newest, entry)
    keeps_text = bool(differing) and newest is not None and newest.created_by_id is not None
    version = None
    if differing and not keeps_text:
        version = _make_version(notice_type, newest, entry)
        changed += differing
    kind = "added" if is_new else "changed" if changed else "unchanged"
    return Change(notice_type.key, kind, () if is_new else tuple(sorted(changed)), version, keeps_text)


def _differing_texts(newest: NoticeTypeVersion | None, entry: dict[str, Any]) -> list[str]:
    """The texts of the file that are not those of the newest version."""
    wanted = _texts(entry)
    return [name for name, value in wanted.items() if newest is None or getattr(newest, name) != value]


def _make_version(notice_type: NoticeType, newest: NoticeTypeVersion | None, entry: dict[str, Any]) -> int:
    number = newest.number + 1 if newest else 1
    NoticeTypeVersion.objects.create(notice_type=notice_type, number=number, **_texts(entry))
    return number


def _texts(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry.get(name) or default for name, default in _TEXTS.items()}


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
