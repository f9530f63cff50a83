"""What a blank form is: how large its pages are, and what speaks against printing on it."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pikepdf

_MM = 25.4 / 72
_QUARTER = 90


@dataclass(frozen=True)
class Blank:
    """The pages as a reader sees them, in millimetres, and the fonts that are not in the file."""

    sizes: tuple[tuple[float, float], ...]
    missing_fonts: tuple[str, ...]


def read_blank(content: bytes) -> Blank:
    """Measure a PDF that passed the check of uploads."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        sizes = tuple(_size(page) for page in pdf.pages)
        missing = sorted({name for page in pdf.pages for name in _fonts_outside(page)})
    return Blank(sizes, tuple(missing))


def _size(page: "pikepdf.Page") -> tuple[float, float]:
    left, bottom, right, top = (float(one) for one in page.cropbox)
    unit = float(page.obj.get("/UserUnit", 1))
    width, height = abs(right - left) * unit * _MM, abs(top - bottom) * unit * _MM
    turned = int(page.obj.get("/Rotate", 0)) // _QUARTER % 2
    return (round(height, 1), round(width, 1)) if turned else (round(width, 1), round(height, 1))


def _fonts_outside(page: "pikepdf.Page") -> set[str]:
    """Fonts that every reader replaces by its own: printed elsewhere, the form looks different."""
    found = set()
    resources: Any = page.obj.get("/Resources", {})
    for font in (resources.get("/Font") or {}).values() if resources else ():
        inner = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
        descriptor = inner.get("/FontDescriptor")
        kept = descriptor is not None and any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))
        if not kept and font.get("/Subtype") != "/Type3":
            found.add(str(inner.get("/BaseFont", font.get("/BaseFont", "?"))).lstrip("/"))
    return found
