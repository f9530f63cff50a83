"""What every JSON endpoint shares."""

from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.views import exception_handler as exception_handler

__all__ = ["CleanJSONParser", "IdCursorPagination", "exception_handler"]


class IdCursorPagination(CursorPagination):
    """Newest first, without counting."""

    ordering = "-id"


class CleanJSONParser(JSONParser):
    """JSON that both databases can store."""
