"""One case on paper, for the file in the cupboard."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.case_pdf import case_pdf
from applications.permissions import CaseRight
from applications.queries.cases import case_file
from applications.queries.scope import scope_for
from applications.views.extracts.common import PROCESS
from applications.views.staff import case_or_404, staff_of
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.services import audit


@staff_only(PROCESS)
@never_cache
@require_safe
def case_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The case as a PDF of A4 pages: facts, answers, history, decision. Audited as printing."""
    user, case = staff_of(request), case_or_404(request, public_id)
    if not scope_for(user, CaseRight.PROCESS).covers(case):
        raise Http404
    content = case_pdf(case_file(user=user, case=case), by=user)
    audit.record(
        action=AuditAction.PRINT,
        actor=user,
        target_type="application",
        target_id=case.public_id,
        target_label=str(case),
        department_code=case.department.code,
    )
    response = HttpResponse(content, content_type="application/pdf")
    name = _("申請_%(number)s.pdf") % {"number": case.number}
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response
