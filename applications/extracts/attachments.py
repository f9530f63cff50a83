"""The files of cases in one ZIP, with a list of what is in it and what was left out."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from applications.definition import Field, Form
from applications.enums import FieldType
from applications.extracts.entry_names import split_suffix, unique_name
from applications.extracts.files import ZIP_TYPE, Made
from applications.extracts.parts import files_of
from applications.extracts.texts import csv_text
from applications.row_paths import path_of

MANIFEST = "manifest.csv"
_BLOCK = 1 << 20
# what is packed already would only cost time
_PACKED = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Answered:
    """A file as an answer names it."""

    path: str
    label: str
    public_id: str


def files_in(form: Form, answers: Mapping[str, Any]) -> Iterator[Answered]:
    """The files that the answers of a case name, in the order of the form."""
    for field in form.questions:
        answer = answers.get(field.key)
        if answer is None:
            continue
        if field.type == FieldType.ROWS:
            yield from _in_rows(field, answer)
        else:
            for public_id in files_of(field, answer):
                yield Answered(field.key, field.label, public_id)


def _in_rows(group: Field, rows: Any) -> Iterator[Answered]:
    for number, answers in enumerate(rows, start=1):
        for field in group.fields:
            answer = answers.get(field.key)
            for public_id in files_of(field, answer) if answer is not None else ():
                path = path_of(group, str(answers.get("id", number)), field)
                yield Answered(path, f"{group.label}{number} {field.label}", public_id)


class FilesFile:
    """A ZIP that grows file by file: `number_question_filename`, and the list `manifest.csv` at its end."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "files.zip"
        self._zip = ZipFile(self._path, "w", ZIP_STORED)
        self._taken = {MANIFEST}
        self._list_path = folder / MANIFEST
        self._list = self._list_path.open("w", encoding="utf-8-sig", errors="replace", newline="")
        self._writer = csv.writer(self._list)
        self.files = 0
        self.left_out = 0
        columns = [
            _("受付番号"),
            _("項目"),
            _("質問"),
            _("ZIPの中の名前"),
            _("元のファイル名"),
            _("バイト数"),
            "SHA-256",
        ]
        self._writer.writerow([*columns, _("備考")])

    def add(self, number: str, answered: Answered, *, stored: Any, content: IO[bytes] | None, note: str = "") -> None:
        """One file out of `content`; without it only a line in the list, whose note says why."""
        name = ""
        if content is not None:
            stem, suffix = split_suffix(stored.name)
            name = unique_name([number, answered.label[:40], stem], suffix, self._taken)
            self._copy(name, content, is_packed=stored.content_type in _PACKED)
            self.files += 1
        else:
            self.left_out += 1
        facts = [stored.size, stored.sha256] if stored is not None else ["", ""]
        line = [number, answered.path, answered.label, name, stored.name if stored is not None else "", *facts, note]
        self._writer.writerow([csv_text(cell) for cell in line])

    def close(self) -> Made:
        self._list.close()
        self._zip.write(self._list_path, MANIFEST, ZIP_DEFLATED)
        self._zip.close()
        return Made(self._path, ".zip", ZIP_TYPE, {"files": self.files, "files_left_out": self.left_out})

    def abandon(self) -> None:
        self._list.close()
        self._zip.close()

    def _copy(self, name: str, content: IO[bytes], *, is_packed: bool) -> None:
        entry = ZipInfo(name, _FIRST_DAY)
        entry.compress_type = ZIP_STORED if is_packed else ZIP_DEFLATED
        # readable by its owner: what unpacks it sets no rights of its own
        entry.external_attr = 0o600 << 16
        with self._zip.open(entry, "w", force_zip64=True) as target:
            while block := content.read(_BLOCK):
                target.write(block)
