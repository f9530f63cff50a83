"""What every JSON endpoint shares."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.response import Response


class IdCursorPagination(CursorPagination):
    """Newest first, without counting."""

    ordering = "-id"


class CleanJSONParser(JSONParser):
    """JSON that both databases can store."""


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """One shape for every refusal."""
    # rest_framework.views reads the settings that name this module
    from rest_framework.views import exception_handler as default_handler

    return default_handler(exc, context)
