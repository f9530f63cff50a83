"""What the staff pages of the corner share."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from cityhall.db import is_number


def seen_revision(request: HttpRequest) -> int:
    """The revision a form was made from; -1 for none, which is never the present one."""
    seen = request.POST.get("revision", "")
    return int(seen) if seen.isascii() and seen.isdigit() and is_number(int(seen)) else -1


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF shown in the browser and kept nowhere."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return no_store(response)


def no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
