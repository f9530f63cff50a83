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
# a compiler serves one caller at a time and refuses a second one
_one_at_a_time = Lock()


class FontsMissing(DomainError):
    """The fonts of the letters are not installed on this machine."""

    code = "fonts_missing"

    def __init__(self, families: str) -> None:
        super().__init__(_("フォントがインストールされていません: %(families)s") % {"families": families})


@lru_cache(maxsize=2)
def _compiler(layout: str) -> Any:
    # Typst and its fonts cost half a second and 60 MB: only the worker pays, at its first letter
    from typst import Compiler, Fonts

    folders = sorted({str(path.parent) for path in font_files().values()})
    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    missing = REQUIRED_FAMILIES - set(fonts.families())
    if missing:
        # Typst would leave the text out without a word
        raise FontsMissing(", ".join(sorted(missing)))
    return Compiler(input=str(_FOLDER / layout), root=str(_FOLDER), font_paths=fonts)


def set_pdf(layout: str, data: dict[str, Any], *, moment: dt.datetime) -> bytes:
    """The PDF (PDF/A-3a, tagged) of a layout filled with data; the same data and moment give the same bytes.

    Raises RuntimeError (Typst's own) when the layout and the data do not fit: a fault of ours, not of the text.
    """
    with _one_at_a_time:
        made = _compiler(layout).compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=[PDF_STANDARD],
            timestamp=moment.replace(microsecond=0),
        )
    return bytes(made)
