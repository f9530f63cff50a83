"""Many letters as one PDF for the printer. This is the print copy: signed files stay stored as they are."""

import io
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

_A4 = (595.28, 841.89)


def count_pages(content: bytes) -> int:
    """How many pages a PDF has."""
    # a native library that only the worker needs, here and below
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def merge(letters: Iterable[Iterable[bytes]], *, is_duplex: bool, shared: Collection[bytes] = ()) -> bytes:
    """One PDF of letters, each of one or more PDFs.

    Printed on both sides, each letter begins on a fresh sheet, so that no sheet carries two people. What is `shared`
    (a leaflet in every letter) is in the file once, however many letters have it.
    """
    import pikepdf

    with pikepdf.new() as merged, ExitStack() as stack:
        kept = {content: stack.enter_context(_opened(content)) for content in shared}
        for parts in letters:
            for content in parts:
                if content in kept:
                    merged.pages.extend(kept[content].pages)
                    continue
                with _opened(content) as part:
                    merged.pages.extend(part.pages)
            if is_duplex and len(merged.pages) % 2:
                merged.add_blank_page(page_size=_A4)
        target = io.BytesIO()
        merged.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as part:
        _drop_fields(part)
        yield part


def _drop_fields(part: Any) -> None:
    """Take away the fields (the signature's invisible one too), which would point at nothing in the merged file.

    What a form shows in its fields becomes part of the page.
    """
    if "/AcroForm" not in part.Root:
        return
    part.flatten_annotations("print")
    if "/AcroForm" in part.Root:
        del part.Root["/AcroForm"]
    for page in part.pages:
        kept = [item for item in page.get("/Annots", []) if item.get("/Subtype") != "/Widget"]
        page["/Annots"] = kept
