"""Many letters as one PDF for the printer. This is the print copy: signed files stay stored as they are."""

import io
from collections.abc import Iterable
from typing import Any

_A4 = (595.28, 841.89)


def count_pages(content: bytes) -> int:
    """How many pages a PDF has."""
    # a native library that only the worker needs, here and below
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def merge(letters: Iterable[Iterable[bytes]], *, is_duplex: bool) -> bytes:
    """One PDF of letters, each of one or more PDFs.

    Printed on both sides, each letter begins on a fresh sheet, so that no sheet carries two people.
    """
    import pikepdf

    with pikepdf.new() as merged:
        for parts in letters:
            for content in parts:
                with pikepdf.open(io.BytesIO(content)) as part:
                    _drop_signature(part)
                    merged.pages.extend(part.pages)
            if is_duplex and len(merged.pages) % 2:
                merged.add_blank_page(page_size=_A4)
        target = io.BytesIO()
        merged.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()


def _drop_signature(part: Any) -> None:
    """Take away the signature's invisible field, which would point at nothing in the merged file."""
    if "/AcroForm" not in part.Root:
        return
    del part.Root["/AcroForm"]
    for page in part.pages:
        kept = [item for item in page.get("/Annots", []) if item.get("/Subtype") != "/Widget"]
        page["/Annots"] = kept
