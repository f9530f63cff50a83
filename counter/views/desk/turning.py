"""A page that is read by staff, and on the tablet turned round by the resident, in their language."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.utils import translation


@contextmanager
def turned(request: HttpRequest, language: str) -> Iterator[dict[str, Any]]:
    """What the template needs to stand in the frame of the desk, or (`?facing=resident`) in that of the resident."""
    is_turned = request.GET.get("facing") == "resident"
    if not is_turned:
        yield {"is_turned": False, "base": "counter/desk/base.html"}
        return
    with translation.override(language):
        yield {"is_turned": True, "base": "counter/desk/facing.html"}
