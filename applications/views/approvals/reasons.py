"""The library of refusal reasons of one's departments: handlers read and use it, approvers change it."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from applications.decision_forms import RefusalReasonForm
from applications.models import RefusalReason
from applications.queries.reasons import may_edit_reasons, reason_library
from applications.services.reasons import save_reason
from applications.views.staff import staff_of
from cityhall.access import staff_only


@staff_only("applications.process_case")
@require_GET
def reason_list(request: HttpRequest) -> HttpResponse:
    """All of them by department and procedure."""
    user = staff_of(request)
    context = {"rows": reason_library(user), "editable": may_edit_reasons(user)}
    return render(request, "applications/approvals/reasons.html", context)


@staff_only("applications.approve_case")
@require_http_methods(["GET", "POST"])
def reason_new(request: HttpRequest) -> HttpResponse:
    """A new one."""
    return _edit(request, RefusalReason())


@staff_only("applications.approve_case")
@require_http_methods(["GET", "POST"])
def reason_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one, or take it out of use."""
    return _edit(request, get_object_or_404(reason_library(staff_of(request)), public_id=public_id))


def _edit(request: HttpRequest, reason: RefusalReason) -> HttpResponse:
    user = staff_of(request)
    departments = may_edit_reasons(user)
    if not departments or (reason.pk and reason.department_id not in departments):
        raise Http404
    title = reason.title
    # a model form writes into its row while it checks: the service compares with the one that is stored
    kept = RefusalReason.objects.get(pk=reason.pk) if reason.pk else RefusalReason()
    form = RefusalReasonForm(request.POST or None, instance=reason, departments=departments)
    if request.method == HTTPMethod.POST and form.is_valid():
        save_reason(reason=kept, values=form.cleaned_data, by=user)
        messages.success(request, _("文例を保存しました。"))
        return redirect("applications:reason_list")
    return render(request, "applications/approvals/reason.html", {"form": form, "reason_title": title})
