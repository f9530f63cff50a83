"""代決者: an approver says who signs while they are away; an administrator says so for anybody."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.decision_forms import DelegateForm
from applications.permissions import APPOINT_DELEGATES, READ_DELEGATES
from applications.queries.standing_in import delegations, delegations_seen_by
from applications.services import standing_in
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.days import today
from cityhall.errors import DomainError
from cityhall.queries.staff import scope_of


@staff_only(READ_DELEGATES)
@require_http_methods(["GET", "POST"])
def delegate_list(request: HttpRequest) -> HttpResponse:
    """Who stands in for whom in one's departments, now and to come, and the form for one's own absence."""
    user = staff_of(request)
    may_appoint = user.has_perm(APPOINT_DELEGATES)
    form = _form(request) if may_appoint else None
    if request.method == HTTPMethod.POST and form is not None and form.is_valid():
        data = form.cleaned_data
        try:
            standing_in.appoint(
                principal=data.get("principal") or user,
                delegate=data["delegate"],
                from_on=data["from_on"],
                until_on=data["until_on"],
                reason=data["reason"],
                by=user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("代決者を登録しました。"))
            return redirect("applications:delegate_list")
    is_administrator = scope_of(user).is_administrator
    rows = [
        {"row": row, "is_on": row.from_on <= today(), "may_end": is_administrator or row.principal_id == user.pk}
        for row in delegations_seen_by(user)
    ]
    return render(request, "applications/approvals/delegates.html", {"form": form, "rows": rows})


@staff_only(APPOINT_DELEGATES)
@require_POST
def delegate_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End it early: the principal is back."""
    row = get_object_or_404(delegations(), pk=pk)
    try:
        standing_in.end(delegation=row, by=staff_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("代決を終了しました。"))
    return redirect("applications:delegate_list")


def _form(request: HttpRequest) -> DelegateForm:
    user = staff_of(request)
    return DelegateForm(request.POST or None, user=user, chooses_principal=scope_of(user).is_administrator)
