"""Short addresses, and what staff print to make them known."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import posters
from applications.enums import ProcedureState
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.queries import procedures
from applications.queries.designing import designable
from cityhall.access import public, staff_only
from cityhall.ids import read_short_code
from cityhall.qr import qr_png, qr_svg


@public
@require_safe
def short_address(request: HttpRequest, code: str) -> HttpResponse:
    """To the page of the procedure. Capital letters and full width are read as what stands on the poster."""
    procedure = get_object_or_404(procedures.visible(), short_code=read_short_code(code))
    return redirect("applications:procedure_detail", key=procedure.key)


@staff_only(DESIGN_PROCEDURES)
@require_safe
def procedure_poster(request: HttpRequest, key: str) -> HttpResponse:
    """The A4 poster as PDF."""
    procedure = _known(request, key)
    return _file(posters.poster_pdf(procedure), "application/pdf", _("ポスター_%(name)s.pdf"), procedure)


@staff_only(DESIGN_PROCEDURES)
@require_safe
def procedure_qr(request: HttpRequest, key: str, suffix: str) -> HttpResponse:
    """The QR code of the short address for other printed matter, as SVG or PNG."""
    procedure = _known(request, key)
    url = posters.short_url(procedure)
    if suffix == "svg":
        return _file(qr_svg(url).encode(), "image/svg+xml", _("QRコード_%(name)s.svg"), procedure)
    if suffix == "png":
        return _file(qr_png(url), "image/png", _("QRコード_%(name)s.png"), procedure)
    raise Http404


def _known(request: HttpRequest, key: str) -> Procedure:
    """A published procedure that the person may design: others have no page to lead to."""
    return get_object_or_404(designable(request.user).filter(state=ProcedureState.PUBLISHED), key=key)


def _file(content: bytes, content_type: str, name: str, procedure: Procedure) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    filename = name % {"name": procedure.name}
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or ""
    return response
