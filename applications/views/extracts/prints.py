"""Cases on paper, for the file in the cupboard."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.case_pdf import case_pdf, joined
from applications.models import Application
from applications.permissions import CaseRight
from applications.queries.bulk import chosen_cases
from applications.queries.cases import case_file
from applications.queries.scope import scope_for
from applications.views.extracts.common import PROCESS
from applications.views.staff import case_or_404, staff_of, way_back
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit

MOST_PRINTED = 20
"""Each takes about 0.3 s while the person waits."""


@staff_only(PROCESS)
@never_cache
@require_safe
def case_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The case as a PDF of A4 pages: facts, answers, history, decision. Audited as printing."""
    user, case = staff_of(request), case_or_404(request, public_id)
    if not scope_for(user, CaseRight.PROCESS).covers(case):
        raise Http404
    content = _printed(case, user)
    return _pdf(_("申請_%(number)s.pdf") % {"number": case.number}, content)


@staff_only(PROCESS)
@never_cache
@require_POST
def case_print_many(request: HttpRequest) -> HttpResponse:
    """The ticked cases as one PDF in the order of the list, each with its own numbers of pages. Audited for each."""
    user = staff_of(request)
    chosen = request.POST.getlist("case")
    if len(chosen) > MOST_PRINTED:
        too_many = _("一度に印刷できる申請は%(most)s件までです。選ぶ申請を減らしてください。")
        messages.error(request, too_many % {"most": MOST_PRINTED})
        return redirect(way_back(request))
    scope = scope_for(user, CaseRight.PROCESS)
    cases = [case for case in chosen_cases(user, chosen) if scope.covers(case)]
    if not cases:
        messages.error(request, _("印刷する申請に印を付けてから、もう一度押してください。"))
        return redirect(way_back(request))
    content = joined([_printed(case, user) for case in cases])
    return _pdf(_("申請_%(count)s件.pdf") % {"count": len(cases)}, content)


def _printed(case: Application, user: User) -> bytes:
    content = case_pdf(case_file(user=user, case=case), by=user)
    audit.record(
        action=AuditAction.PRINT,
        actor=user,
        target_type="application",
        target_id=case.public_id,
        target_label=str(case),
        department_code=case.department.code,
    )
    return content


def _pdf(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response
