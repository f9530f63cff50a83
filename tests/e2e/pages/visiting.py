"""What a browser finds on the pages it opens."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.urls import resolve

from tests.e2e.conftest import violations

NOWHERE = "/no-such-page/"
NOTHING_KEPT = f"/session/kept/{'2' * 22}/"
# pages that say in words that there is nothing
WITHOUT_CONTENT = {NOWHERE: 404, NOTHING_KEPT: 410}


@dataclass
class Walk:
    """A walk over many pages: what was wrong on them, and the names of the addresses seen."""

    found: list = field(default_factory=list)
    seen: set = field(default_factory=set)

    def visit(self, page, paths):
        """Open every page; gather what axe finds, what scrolls sideways and what is no page at all."""
        for path in paths:
            answer = page.goto(path)
            if answer.status != WITHOUT_CONTENT.get(path, 200):
                self.found.append(f"{path}: {answer.status}")
            self.found.extend(f"{path}: {violation}" for violation in violations(page))
            if page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]:
                self.found.append(f"{path}: wider than the screen")
            if path != NOWHERE:
                self.seen.add(resolve(urlsplit(path).path).view_name)
