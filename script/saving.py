"""Files of the checks: fetched with a browser's session and written to disk piece by piece.

A browser's own request holds the whole answer in memory several times over; a print file of two thousand letters has
more than two hundred megabytes.
"""

import shutil
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page

_TIMEOUT = 120
"""Seconds without a byte."""


def saved(page: Page, address: str, path: Path) -> Path:
    """Write what this browser gets from an address to a file. Raises HTTPError for anything but a success."""
    full = urljoin(page.url, address)
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies(full))
    request = urllib.request.Request(full, headers={"Cookie": cookies})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer, path.open("wb") as target:
        shutil.copyfileobj(answer, target)
    return path
