"""How many rows a page of a list to tick has: few to read, many to decide at once."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

SIZES: Final = (50, 100, 500)
"""The last is as many as one bulk decision takes."""


@dataclass(frozen=True)
class SizeLink:
    size: int
    href: str
    is_current: bool


def page_size(request: HttpRequest) -> int:
    """What the address asks for, if it is one of the sizes."""
    return next((size for size in SIZES if request.GET.get("size") == str(size)), SIZES[0])


def size_links(request: HttpRequest) -> list[SizeLink]:
    """The same list from its beginning in each size, with the filters it has."""
    current = page_size(request)
    return [SizeLink(size, _address(request, size), size == current) for size in SIZES]


def _address(request: HttpRequest, size: int) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    query["size"] = str(size)
    return f"?{query.urlencode()}"
