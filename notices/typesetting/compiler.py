"""Typst, kept: fonts are read once per process, a letter then costs milliseconds."""

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.fonts import font_files

# archive format with tags and Unicode; the signature is added to it afterwards
PDF_STANDARD = "a-3a"
REQUIRED_FAMILIES = frozenset({"BIZ UDMincho", "BIZ UDGothic"})
_FOLDER = Path(__file__).parent
# layouts of the apps above share what stands in common.typ
_ROOT = _FOLDER.parent.parent
# a compiler serves one caller at a time and refuses a second one
_one_at_a_time = Lock()


class FontsMissing(DomainError):
    """The fonts of the letters are not installed on this machine."""

    code = "fonts_missing"

    def __init__(self, families: str) -> None:
        super().__init__(_("フォントがインストールされていません: %(families)s") % {"families": families})


@lru_cache(maxsize=1)
def _fonts() -> Any:
    # Typst and its fonts cost 60 MB: only who prints pays
    from typst import Fonts

    folders = sorted({str(path.parent) for path in font_files().values()})
    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    missing = REQUIRED_FAMILIES - set(fonts.families())
    if missing:
        # Typst would leave the text out without a word
        raise FontsMissing(", ".join(sorted(missing)))
    return fonts


def read_fonts() -> None:
    """Read the fonts now instead of at the first sheet. Raises FontsMissing."""
    _fonts()


@lru_cache(maxsize=8)
def _compiler(layout: Path) -> Any:
    from typst import Compiler

    return Compiler(input=str(layout), root=str(_ROOT), font_paths=_fonts())


def set_pdf(
    layout: str | Path, data: dict[str, Any], *, moment: dt.datetime, standard: str | None = PDF_STANDARD
) -> bytes:
    """The PDF (PDF/A-3a, tagged) of a layout filled with data; the same data and moment give the same bytes.

    `layout` is a file of this folder, or the path of one of another app; `standard` None makes a plain PDF.
    Raises RuntimeError (Typst's own) when the layout and the data do not fit: a fault of ours, not of the text.
    """
    with _one_at_a_time:
        made = _compiler(_FOLDER / layout).compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=[standard] if standard else [],
            timestamp=moment.replace(microsecond=0),
        )
    return bytes(made)
