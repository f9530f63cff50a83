"""Whom a survey is addressed to."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.models import Survey
from applications.permissions import MANAGE_SURVEYS
from applications.queries.surveys import addressees_of
from applications.services import surveys
from applications.surveys.forms import AddresseesForm, StaffForm, StaffSearchForm
from applications.views.designer.listing import READ_OR_SEND
from applications.views.staff import staff_of
from applications.views.surveys.common import survey_or_404, tell
from cityhall.access import staff_only
from cityhall.errors import DomainError


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_http_methods(READ_OR_SEND)
def survey_addressees(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who is asked; departments by tick, by group or all, staff by name. Who is added later is mailed at once."""
    survey = survey_or_404(request, public_id)
    if request.method != HTTPMethod.POST:
        return _page(request, survey)
    match request.POST.get("action"):
        case "staff":
            return _add_staff(request, survey)
        case "remove":
            return _remove(request, survey)
        case _:
            return _add_departments(request, survey)


def _page(request: HttpRequest, survey: Survey, form: AddresseesForm | None = None) -> HttpResponse:
    rows = list(addressees_of(survey))
    search = StaffSearchForm(request.GET if "staff" in request.GET else None)
    context = {
        "survey": survey,
        "addressees": rows,
        "form": form or AddresseesForm(asked=[one.department_id for one in rows if one.department_id]),
        "search": search,
        "found": search.found([one.user_id for one in rows if one.user_id]),
        "has_searched": bool(request.GET.get("staff", "").strip()),
    }
    return render(request, "applications/surveys/addressees.html", context)


def _add_departments(request: HttpRequest, survey: Survey) -> HttpResponse:
    asked = survey.addressees.filter(department__isnull=False).values_list("department_id", flat=True)
    form = AddresseesForm(request.POST, asked=[pk for pk in asked if pk is not None])
    if not form.is_valid():
        return _page(request, survey, form)
    try:
        added = surveys.add_addressees(survey=survey, departments=form.chosen(), by=staff_of(request))
    except DomainError as error:
        tell(request, error)
    else:
        _say(request, added)
    return redirect("applications:survey_addressees", public_id=survey.public_id)


def _add_staff(request: HttpRequest, survey: Survey) -> HttpResponse:
    form = StaffForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return redirect("applications:survey_addressees", public_id=survey.public_id)
    try:
        added = surveys.add_addressees(survey=survey, staff=form.cleaned_data["people"], by=staff_of(request))
    except DomainError as error:
        tell(request, error)
    else:
        _say(request, added)
    return redirect("applications:survey_addressees", public_id=survey.public_id)


def _remove(request: HttpRequest, survey: Survey) -> HttpResponse:
    try:
        gone = surveys.remove_addressees(
            survey=survey, addressees=request.POST.getlist("addressee"), by=staff_of(request)
        )
    except DomainError as error:
        tell(request, error)
    else:
        messages.success(request, _("照会先を%(count)s件外しました。") % {"count": gone})
    return redirect("applications:survey_addressees", public_id=survey.public_id)


def _say(request: HttpRequest, added: int) -> None:
    if added:
        messages.success(request, _("照会先を%(count)s件追加しました。") % {"count": added})
    else:
        messages.info(request, _("選んだ照会先は、すでに入っています。"))
