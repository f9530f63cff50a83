"""What the pages of reports share: links to a map, the points of a list, the next page."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from applications.reports.plot import draw
from applications.reports.positions import Position


def map_link(place: Position | None) -> str:
    """The address of a map page (MAP_URL) that shows the place; nothing is loaded before somebody follows it."""
    if place is None or not settings.MAP_URL:
        return ""
    return str(settings.MAP_URL.replace("{latitude}", str(place.latitude)).replace("{longitude}", str(place.longitude)))


def map_context(places: Sequence[Position]) -> dict[str, Any]:
    """What a page with a map of several places needs: tiles where the city has set a server, a drawing otherwise."""
    return {
        "tile_url": settings.MAP_TILE_URL,
        "tile_source": settings.MAP_SOURCE,
        "sheet": None if settings.MAP_TILE_URL else draw(places),
    }


def next_url(request: HttpRequest, after: str) -> str:
    """The next page with the same filters, or nothing."""
    if not after:
        return ""
    query = request.GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}"
