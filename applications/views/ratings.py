"""The question on satisfaction, and what staff see of the answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from applications.exchange_forms import RatingForm
from applications.queries.ratings import LEAST, exported, opinions
from applications.services.ratings import rate
from applications.views.own import own_or_404
from applications.views.staff import staff_of
from cityhall.access import signed_in_or_guest, staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.services import audit
from cityhall.spreadsheets import csv_response


@signed_in_or_guest
@never_cache
@require_POST
def application_rate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep the answer and go back to the application. What is missing is asked for on a page of its own."""
    application = own_or_404(request, public_id)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return render(request, "applications/application_rate.html", {"application": application, "rating_form": form})
    try:
        rate(application=application, score=form.cleaned_data["score"], comment=form.cleaned_data["comment"])
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("ご回答ありがとうございました。手続の改善に役立てます。"))
    return redirect("applications:application_detail", public_id=public_id)


@staff_only("applications.view_case")
@require_GET
def rating_list(request: HttpRequest) -> HttpResponse:
    """How content people were with the procedures of one's departments."""
    return render(request, "applications/rating_list.html", {"opinions": opinions(staff_of(request)), "least": LEAST})


@staff_only("applications.view_case")
@require_GET
def rating_export(request: HttpRequest) -> HttpResponseBase:
    """The same as a table, without times: answers of procedures with few of them are left out."""
    user = staff_of(request)
    audit.record(action=AuditAction.EXPORT, actor=user, target_type="rating")
    return csv_response(
        name=_("満足度.csv"),
        header=[_("手続キー"), _("手続"), _("満足度"), _("ご意見")],
        rows=([row.procedure.key, row.procedure.name, row.score, row.comment] for row in exported(user)),
    )
