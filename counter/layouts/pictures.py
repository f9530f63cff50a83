"""Pictures for paper: of signatures, as SVG that Typst takes from memory, and of the pages of a blank form."""

import base64
import io
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from cityhall.uploads import UploadRefused

_SIDE = 900
_SECONDS = 20
_DRAWER = Path(__file__).with_name("page_drawer.py")


def as_svg(content: bytes) -> str:
    """A stored picture, whole, as an SVG around a PNG of at most 900 pixels. Raises UploadRefused for no picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as stored:
            image = stored.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError):
        raise UploadRefused("unreadable", "") from None
    image.thumbnail((_SIDE, _SIDE))
    target = io.BytesIO()
    image.save(target, "PNG")
    encoded = base64.b64encode(target.getvalue()).decode("ascii")
    size = f'width="{image.width}" height="{image.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>'
        f'<image {size} xlink:href="data:image/png;base64,{encoded}"/></svg>'
    )


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
