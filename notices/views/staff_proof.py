"""The proof of one notice as a signed PDF."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.errors import DomainError
from notices.services.proof import proof_sheet
from notices.views.staff import staff_of, visible_or_404

VIEW_EVENTS = "notices.view_receiptevent"


@staff_only(VIEW_EVENTS)
@never_cache
@require_safe
def staff_proof(request: HttpRequest, public_id: str) -> HttpResponse:
    """The proof sheet as it stands now, saved as a file. Without the city's key there is none, and the page says so."""
    notice = visible_or_404(request, public_id, VIEW_EVENTS)
    try:
        content = proof_sheet(notice, by=staff_of(request))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("notices:staff_detail", public_id=public_id)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"proof_{notice.number}.pdf"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response
