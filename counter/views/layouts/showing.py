"""Pictures of the paper, and previews with made-up answers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from cityhall.access import staff_only
from cityhall.enums import FileState
from cityhall.queries.city import municipality
from cityhall.services.files import read_bytes
from counter.layouts import Paper, Sheet, official_pdf, standard_pdf
from counter.layouts.pictures import page_picture
from counter.layouts.samples import Sample, sample_paper
from counter.queries.layouts import spots_on
from counter.services.layouts import current_form
from counter.views.layouts.common import layout_or_404, pdf_answer, procedure_or_404


@staff_only(DESIGN_PROCEDURES)
@cache_control(private=True, max_age=600)
@require_safe
def layout_picture(request: HttpRequest, key: str, number: int, page: int) -> HttpResponse:
    """A page of the blank form as a picture; its address names the file, so that a browser may keep it."""
    found = layout_or_404(request, key, number)
    if not 1 <= page <= len(found.page_sizes) or found.blank.state != FileState.CLEAN:
        raise Http404
    picture = page_picture(read_bytes(found.blank), page)
    if not picture:
        raise Http404
    return HttpResponse(picture, content_type="image/png")


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_safe
def layout_preview(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The paper with made-up answers: usual or hard ones, or none; `?grid=1` with millimetres."""
    found = layout_or_404(request, key, number)
    if not found.page_sizes:
        raise Http404
    sheet = Sheet(read_bytes(found.blank), found.page_sizes, spots_on(found), found.prints_rest)
    paper = _paper(request, found.procedure)
    content = official_pdf(paper, sheet, moment=timezone.now(), grid=bool(request.GET.get("grid")))
    return pdf_answer(content, _("見本_%(title)s.pdf") % {"title": found.title})


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_safe
def layout_standard(request: HttpRequest, key: str) -> HttpResponse:
    """The default sheet of a procedure with made-up answers."""
    procedure = procedure_or_404(request, key)
    content = standard_pdf(_paper(request, procedure), moment=timezone.now())
    return pdf_answer(content, _("見本_%(title)s.pdf") % {"title": procedure.name})


def _paper(request: HttpRequest, procedure: Procedure) -> Paper:
    values: Any = request.GET.get("values", "")
    city = municipality()
    return sample_paper(
        current_form(procedure),
        Sample(values) if values in set(Sample) else Sample.USUAL,
        title=procedure.name,
        city=city.name,
        mayor=city.mayor_title,
        department=procedure.department.name,
    )
