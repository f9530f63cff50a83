"""Answers of every app: stored files (the caller has checked that the person may have this one), small JSON."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin

from cityhall import uploads
from cityhall.enums import FileState
from cityhall.models import StoredFile
from cityhall.services import files

# shown by the browser itself; everything else is saved, so that nothing of a stranger's runs on our origin
_INLINE_TYPES = uploads.IMAGES | {uploads.PDF}

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def framed(view: View) -> View:
    """What a page of our own shows in a frame; no other site may."""
    anything: Any = view
    return cast("View", csp_replace({"frame-ancestors": [SELF]})(xframe_options_sameorigin(anything)))


def file_response(stored: StoredFile, *, inline: bool = False) -> HttpResponseBase:
    """The file, streamed by us or (X_ACCEL_PREFIX) by the proxy. Raises Http404 unless it passed the check."""
    if stored.state != FileState.CLEAN:
        raise Http404
    response: HttpResponseBase
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(content_type=stored.content_type)
        response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX.rstrip('/')}/{stored.path}"
    else:
        try:
            response = FileResponse(files.open_stored(stored), content_type=stored.content_type)
        except FileNotFoundError:
            raise Http404 from None
        response["Content-Length"] = str(stored.size)
    shown = inline and stored.content_type in _INLINE_TYPES
    response["Content-Disposition"] = content_disposition_header(as_attachment=not shown, filename=stored.name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    if stored.content_type != uploads.PDF:
        # the browser's PDF viewer does not work in a sandbox
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def json_with_etag(request: HttpRequest, document: dict[str, Any], *, max_age: int = 0) -> HttpResponse:
    """A small JSON document that is asked for again and again: unchanged, it costs a 304.

    `max_age` is the seconds a shared cache may keep it: only for what is the same for everybody.
    """
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={max_age}" if max_age else "no-cache"
    return response
