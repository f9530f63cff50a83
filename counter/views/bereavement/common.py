"""What the staff pages of the corner share."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from cityhall.db import number_in


def seen_revision(request: HttpRequest) -> int:
    """The revision a form was made from; -1 for none, which is never the present one."""
    seen = number_in(request.POST.get("revision", ""))
    return -1 if seen is None else seen


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF shown in the browser and kept nowhere."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return no_store(response)


def no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
