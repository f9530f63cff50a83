"""The page a resident sees, as files beside this module."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "pages"
_FILES: Final = {
    "/": ("resident.html", "text/html; charset=utf-8"),
    "/resident.js": ("resident.js", "text/javascript; charset=utf-8"),
    "/resident.css": ("resident.css", "text/css; charset=utf-8"),
}
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Page:
    body: bytes
    kind: str


def page(path: str) -> Page | None:
    """The file of an address; None for every other address."""
    if path not in _FILES:
        return None
    name, kind = _FILES[path]
    return Page((_FOLDER / name).read_bytes(), kind)
