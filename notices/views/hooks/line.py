"""The webhook of the city's LINE account."""

import json
import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cityhall.access import public
from notices.services.line import handle_event, is_configured, is_genuine

log = logging.getLogger(__name__)

_MOST_BYTES = 500_000


@public
@csrf_exempt
@require_POST
def line_hook(request: HttpRequest) -> HttpResponse:
    """Take in events; the signature is over the very bytes that came.

    An event that fails does not stop the others, and is not asked for again: LINE would repeat all of them.
    """
    if not is_configured():
        raise Http404
    if len(request.body) > _MOST_BYTES:
        return HttpResponseBadRequest()
    if not is_genuine(request.body, request.headers.get("X-Line-Signature", "")):
        return HttpResponseForbidden()
    try:
        events = json.loads(request.body)["events"]
    except (ValueError, KeyError, TypeError):
        return HttpResponseBadRequest()
    for event in events if isinstance(events, list) else []:
        if isinstance(event, dict):
            _handle(event)
    return HttpResponse()


def _handle(event: dict[str, object]) -> None:
    try:
        handle_event(event)
    except Exception as error:  # noqa: BLE001 - one bad event must not lose the others
        log.error("line event failed", extra={"error": type(error).__name__})  # noqa: TRY400 - its text may name people
