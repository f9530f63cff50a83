"""Circulars on paper, for homes that are not online: one file, a copy for each home, its name on top."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from cityhall.html_pdf import html_pdf
from cityhall.queries.city import municipality
from cityhall.services.files import read_bytes
from notices.models import Circular, CircularHome, District

if TYPE_CHECKING:
    from pikepdf import Pdf

_A4 = (595.28, 841.89)
STYLE = Path(__file__).parent / "print" / "circular.css"


def copies_pdf(circular: Circular, *, district: District, homes: Sequence[CircularHome]) -> bytes:
    """The list of the homes, then a copy for each; one copy without a name when there are none.

    Text, names and attachment are set once each and put together, so that a hundred homes cost little more than one.
    Every copy begins on a new sheet, also when it is printed on both sides.
    """
    # a native library that only printing needs
    import pikepdf

    context = {"circular": circular, "district": district, "homes": homes, "city": municipality()}
    with pikepdf.new() as whole, _open(_set("copy", context)) as sheet:
        if circular.file is not None:
            with pikepdf.open(io.BytesIO(read_bytes(circular.file))) as attached:
                sheet.pages.extend(attached.pages)
        _even(sheet)
        if homes:
            _add_named(whole, sheet, context)
        else:
            whole.pages.extend(sheet.pages)
        whole.docinfo["/Title"] = circular.title
        target = io.BytesIO()
        whole.save(target)
    return target.getvalue()


def _add_named(whole: "Pdf", sheet: "Pdf", context: dict[str, object]) -> None:
    """The list, then the copies. Each page with a name is a page of its own, and the sheet is laid over all of them."""
    with _open(_set("round", context)) as rounds, _open(_set("names", context)) as names:
        _even(rounds)
        whole.pages.extend(rounds.pages)
        face = whole.copy_foreign(sheet.pages[0].as_form_xobject())
        for name in names.pages:
            whole.pages.append(name)
            whole.pages[-1].add_overlay(face, None)
            whole.pages.extend(sheet.pages[1:])


def _even(pdf: "Pdf") -> None:
    if len(pdf.pages) % 2:
        pdf.add_blank_page(page_size=_A4)


def _set(name: str, context: dict[str, object]) -> bytes:
    return html_pdf(render_to_string(f"notices/circulars/print_{name}.html", context), style=STYLE)


def _open(content: bytes) -> "Pdf":
    import pikepdf

    return pikepdf.open(io.BytesIO(content))
