"""What the printer gives out when a visit was received. Each time is counted, and the paper says so."""

from collections.abc import Callable, Sequence
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from cityhall.access import staff_only
from counter import sheets
from counter.enums import PrintKind
from counter.models import PrintJob, Visit
from counter.printing.forms import forms_pdf
from counter.queries.receiving import Filed, filed_of
from counter.services.printing import count_print
from counter.views.desk.common import SERVE, user_of, visit_or_404

_NAMES: Final = {
    PrintKind.SLIPS: _("引継票.pdf"),
    PrintKind.GUIDE: _("手続案内書.pdf"),
    PrintKind.FORMS: _("様式.pdf"),
    PrintKind.OTHERS: _("様式（控え）.pdf"),
}
_FORMS: Final = (PrintKind.FORMS, PrintKind.OTHERS)
Draw = Callable[[Visit, Sequence[Filed], PrintJob], bytes]


@staff_only(SERVE)
@require_POST
def visit_slips(request: HttpRequest, public_id: str) -> HttpResponse:
    """引継票: one sheet a department."""
    return _printed(request, public_id, PrintKind.SLIPS, sheets.slips_pdf)


@staff_only(SERVE)
@require_POST
def visit_guide_sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """手続案内書: for the person to take home."""
    return _printed(request, public_id, PrintKind.GUIDE, sheets.guide_pdf)


@staff_only(SERVE)
@require_POST
def visit_forms(request: HttpRequest, public_id: str) -> HttpResponse:
    """The forms in one file: of the procedures that need paper by law, or, asked for (`which`), of the others."""
    kind = PrintKind.OTHERS if request.POST.get("which") == PrintKind.OTHERS else PrintKind.FORMS
    return _printed(request, public_id, kind, _forms)


def _forms(_visit: Visit, filed: Sequence[Filed], job: PrintJob) -> bytes:
    return forms_pdf([one.application for one in filed], reader=job.by, reprint=job.times - 1)


def _printed(request: HttpRequest, public_id: str, kind: PrintKind, draw: Draw) -> HttpResponse:
    """404 for what was not received, is wiped, or, in practice, has no forms."""
    visit = visit_or_404(request, public_id)
    if visit.received_at is None or visit.wiped_at is not None or (visit.is_practice and kind in _FORMS):
        raise Http404
    filed = filed_of(visit)
    if kind in _FORMS:
        filed = [one for one in filed if one.needs_paper == (kind == PrintKind.FORMS)]
    if not filed:
        raise Http404
    job = count_print(visit, kind, by=user_of(request))
    response = HttpResponse(draw(visit, filed, job), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=str(_NAMES[kind])) or ""
    response["Cache-Control"] = "no-store"
    return response
