"""What every JSON endpoint shares: strict input, pages without counting, one shape of refusal."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from cityhall.errors import DomainError, StaleState
from cityhall.text import BadText, clean_json

MAX_BODY_BYTES = 1_000_000
_IDENTIFIER = re.compile(r"[0-9]{1,19}")


class IdCursorPagination(CursorPagination):
    """Newest first, without counting."""

    ordering = "-id"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor of the address. Raises NotFound for one that was not made here."""
        cursor = super().decode_cursor(request)
        # the base class hands any text to the database as an id, which ends in an error 500
        if cursor and cursor.position is not None and not _IDENTIFIER.fullmatch(str(cursor.position)):
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor


class SessionOrGuest(SessionAuthentication):
    """People who are signed in, and visitors; of both a token of our own pages is asked.

    The base class asks it of people who are signed in only: a guest's session opens something, too.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """The user, or None. Raises PermissionDenied without a valid CSRF token."""
        found = super().authenticate(request)
        if found is None:
            self.enforce_csrf(request)
        return found


class BodyTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class CleanJSONParser(JSONParser):
    """JSON that both databases can store: no U+0000, lone surrogates, NaN, endless depth or size."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge(_("送信されたデータが大きすぎます。"))
        try:
            return clean_json(json.loads(body.decode("utf-8")), max_bytes=MAX_BODY_BYTES)
        except BadText as error:
            raise exceptions.ParseError(str(error), code=error.code) from None
        except (ValueError, RecursionError):
            raise exceptions.ParseError(_("JSONの形式が正しくありません。")) from None


class CleanMultiPartParser(MultiPartParser):
    """A form with files, without U+0000 in its names and texts."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        parsed = super().parse(stream, media_type, parser_context)
        texts = [text for _name, values in parsed.data.lists() for text in values]
        if any("\0" in text for text in (*parsed.data, *parsed.files, *texts)):
            raise exceptions.ParseError(_("使えない文字が含まれています。文字を削除して、送信し直してください。"))
        return parsed


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as {"code", "message", "fields"}; anything unexpected stays an error 500."""
    if isinstance(exc, DomainError):
        stale = isinstance(exc, StaleState)
        code = status.HTTP_409_CONFLICT if stale else status.HTTP_400_BAD_REQUEST
        return Response(_body(exc.code, str(exc)), status=code)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if not isinstance(exc, exceptions.APIException):
        return None
    return Response(_refusal(exc), status=exc.status_code, headers=_headers(exc))


def _refusal(exc: exceptions.APIException) -> dict[str, Any]:
    if isinstance(exc, exceptions.ValidationError):
        fields = exc.detail if isinstance(exc.detail, dict) else {api_settings.NON_FIELD_ERRORS_KEY: exc.detail}
        return _body("invalid", _("入力内容に誤りがあります。確認してください。"), fields)
    codes = exc.get_codes()
    return _body(codes if isinstance(codes, str) else "refused", str(exc.detail))


def _body(code: str, message: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "fields": fields or {}}


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(exc.auth_header)  # type: ignore[attr-defined]
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(exc.wait))  # type: ignore[attr-defined]
    return headers
