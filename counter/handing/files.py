"""The same case as files: JSON for core systems, a table for RPA, dropped whole or not at all."""

import contextlib
import csv
import io
import json
import os
import time
from pathlib import Path
from typing import Final

from cityhall.spreadsheets import safe_cell
from counter.handing.document import Document

_COLUMNS: Final = ("number", "procedure", "key", "row", "concept", "label", "value", "words")

_RIGHTS: Final = 0o640
_STALE: Final = 3600
"""Seconds after which nobody writes any more: a case is small."""


def json_of(document: Document) -> bytes:
    """UTF-8, readable, keys in the order of the document."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def csv_of(document: Document) -> bytes:
    """One line an answer, UTF-8 with a mark at the beginning, as spreadsheets want it. No cell begins a formula."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(_COLUMNS)
    for answer in document["answers"]:
        value = answer["value"] if isinstance(answer["value"], str) else json.dumps(answer["value"], ensure_ascii=False)
        cells = (
            document["number"],
            document["procedure"]["key"],
            answer["key"],
            str(answer.get("row", "")),
            answer["concept"],
            answer["label"],
            value,
            answer["words"],
        )
        writer.writerow([safe_cell(cell) for cell in cells])
    return target.getvalue().encode("utf-8-sig")


def drop(folder: Path, name: str, content: bytes) -> Path:
    """Put a file into a folder that a program watches: it appears with all its bytes, and twice is once.

    Its account and its group read it, nobody else of the machine. What a worker that was killed left half written is
    removed. Raises OSError.
    """
    _sweep(folder)
    path = folder / name
    part = folder / f".{name}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _RIGHTS), "wb") as file:
        # one that is there already keeps its rights otherwise
        os.fchmod(file.fileno(), _RIGHTS)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path


def _sweep(folder: Path) -> None:
    before = time.time() - _STALE
    for part in folder.glob(".*.part"):
        # another worker may remove it first
        with contextlib.suppress(FileNotFoundError):
            if part.stat().st_mtime < before:
                part.unlink()
