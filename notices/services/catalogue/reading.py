"""Files of kinds of notices: read, and their shape and texts checked before anything is written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from cityhall.errors import DomainError
from notices.enums import Channel
from notices.texts import USUAL_NAMES, TextError, mistakes_in
from notices.texts.parsing import parse_text

TYPES_FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "types"
RULES = (
    "name",
    "category",
    "legal_basis",
    "department",
    "consent_required",
    "consent_text_version",
    "signature_mode",
    "needs_confirmation",
    "inbox_category",
    "alert_channels",
    "allows_reply",
    "effect",
    "effect_days",
    "hours_until_reminder",
    "hours_until_paper",
    "retention_years",
)
"""Columns of the kind."""
TEXTS: dict[str, Any] = {
    "title": "",
    "body": "",
    "appeal_text": "",
    "particulars": [],
    "translations": {},
    "action_kind": "",
    "action_target": "",
    "action_label": "",
    "action_values": {},
    "sample": {},
}
"""Columns of the version, with what stands there when the file says nothing."""
_REQUIRED = {"key", "name", "category", "title", "body"}
_TRANSLATED = {"title", "body", "appeal_text"}


class CatalogueError(DomainError):
    """A file of the catalogue is wrong; the message names the file and what is wrong in it."""

    code = "catalogue_error"

    def __init__(self, file: Path, problem: object) -> None:
        super().__init__(f"{file.name}: {problem}")


def known_types(folder: Path) -> dict[str, dict[str, Any]]:
    """The kinds of notices that the files of a folder describe, by their keys. Raises CatalogueError."""
    return {entry["key"]: entry for _file, entry in entries(folder)}


def entries(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each file with what it says. Raises CatalogueError."""
    for file in sorted(folder.glob("*.yaml")):
        try:
            entry = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise CatalogueError(file, error) from error
        if not isinstance(entry, dict):
            raise CatalogueError(file, "a mapping is expected")
        _check_shape(file, entry)
        _check_files(file, entry)
        _check_texts(file, entry)
        yield file, entry


def texts_of(entry: dict[str, Any]) -> dict[str, Any]:
    """The columns of a version that the file describes."""
    return {name: entry.get(name) or default for name, default in TEXTS.items()}


def files_of(file: Path, entry: dict[str, Any]) -> list[Path]:
    """The PDFs beside the file that it encloses with every notice."""
    return [file.parent / name for name in entry.get("files", [])]


def _check_shape(file: Path, entry: dict[str, Any]) -> None:
    unknown = entry.keys() - set(RULES) - TEXTS.keys() - {"key", "files"}
    missing = _REQUIRED - entry.keys()
    if unknown or missing:
        raise CatalogueError(file, f"unknown: {sorted(unknown)}, missing: {sorted(missing)}")
    if entry["key"] != file.stem:
        raise CatalogueError(file, "the key and the name of the file differ")
    rows = entry.get("particulars", [])
    if not all(isinstance(row, dict) and row.keys() == {"label", "text"} for row in rows):
        raise CatalogueError(file, "particulars are a list of {label, text}")
    for language, texts in entry.get("translations", {}).items():
        if not isinstance(texts, dict) or not {"title", "body"} <= texts.keys() <= _TRANSLATED:
            raise CatalogueError(file, f"translations: {language} has a title and a body")
    for name in ("sample", "action_values"):
        if not all(isinstance(value, str) for value in entry.get(name, {}).values()):
            raise CatalogueError(file, f"{name} maps names to texts")
    if not set(entry.get("alert_channels", [])) <= set(Channel.values):
        raise CatalogueError(file, f"alert_channels are of {Channel.values}")


def _check_files(file: Path, entry: dict[str, Any]) -> None:
    for enclosed in files_of(file, entry):
        if enclosed.parent != file.parent or enclosed.suffix != ".pdf" or not enclosed.is_file():
            raise CatalogueError(file, f"files: {enclosed.name} is no PDF beside this file")


def _check_texts(file: Path, entry: dict[str, Any]) -> None:
    """Conditions must be closed; and what a kind with sample values names, it knows.

    The texts of decision letters have no sample: their values come from the case.
    """
    texts = [entry["title"], entry["body"], entry.get("appeal_text") or ""]
    texts += [row["text"] for row in entry.get("particulars", [])]
    texts += [text for words in entry.get("translations", {}).values() for text in words.values()]
    texts += entry.get("action_values", {}).values()
    known = USUAL_NAMES | entry.get("sample", {}).keys()
    for text in texts:
        try:
            parse_text(text)
        except TextError as error:
            raise CatalogueError(file, error) from error
        if "sample" in entry and (wrong := mistakes_in(text, known)):
            raise CatalogueError(file, " ".join(one.sentence for one in wrong))
