"""Pictures for paper: of signatures, as SVG that Typst takes from memory, and of the pages of a blank form."""

import base64
import io
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cityhall.uploads import UploadRefused

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_SIDE = 900
_MARGIN = 0.08
"""Left free around the ink of a signature, of its longer side."""
_SMALLEST = 6
"""A dot is not blown up to a signature: at least this part of the drawing's width stays."""
_INK = 200
"""Darker than this on white is ink."""
_SECONDS = 20
_DRAWER = Path(__file__).with_name("page_drawer.py")


def as_svg(content: bytes, *, is_drawn: bool = False) -> str:
    """A stored picture as an SVG around a PNG of at most 900 pixels, whole or, where it `is_drawn`, cropped to its ink.

    The stored file stays as it is. Raises UploadRefused for no picture.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as stored:
            image = stored.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError):
        raise UploadRefused("unreadable", "") from None
    if is_drawn:
        image = _cropped(image)
    image.thumbnail((_SIDE, _SIDE))
    target = io.BytesIO()
    image.save(target, "PNG")
    encoded = base64.b64encode(target.getvalue()).decode("ascii")
    size = f'width="{image.width}" height="{image.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>'
        f'<image {size} xlink:href="data:image/png;base64,{encoded}"/></svg>'
    )


def _cropped(image: "Picture") -> "Picture":
    """The ink of a drawing with a small margin; all of it where there is none."""
    from PIL import Image

    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    box = paper.convert("L").point([255 if shade < _INK else 0 for shade in range(256)]).getbbox()
    if box is None:
        return image
    left, top, right, bottom = box
    margin = round(max(right - left, bottom - top) * _MARGIN) + 1
    beside = max(margin, (image.width // _SMALLEST - (right - left)) // 2)
    above = max(margin, (image.width // _SMALLEST // 2 - (bottom - top)) // 2)
    edges = (max(left - beside, 0), max(top - above, 0))
    return image.crop((*edges, min(right + beside, image.width), min(bottom + above, image.height)))


@lru_cache(maxsize=24)
def page_picture(content: bytes, page: int) -> bytes:
    """A page of a checked PDF as PNG (100 dots an inch), or b"" when it cannot be drawn. About 0.3 s, then kept.

    Drawn by a process of its own under limits: files of the city come from everywhere.
    """
    command = [sys.executable, "-I", str(_DRAWER), str(page)]
    try:
        done = subprocess.run(  # noqa: S603 - fixed command, the file comes on standard input
            command, input=content, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
