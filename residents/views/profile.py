"""The page where residents see and change what the city knows of them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cityhall.access import resident_only
from cityhall.errors import DomainError
from cityhall.models import User
from residents.enums import ResidentSource
from residents.forms import ProfileForm, with_address_from_postal_code
from residents.models import Resident
from residents.queries import resident_of
from residents.services import save_profile

FILL_ADDRESS = "fill_address"
"""Name of the button that fills the address from the postal code without JavaScript."""


@resident_only
@require_http_methods(["GET", "HEAD", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    """My profile. The button 「住所を検索」 shows the page again with the town filled in and saves nothing."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - resident_only lets nobody else in
    resident = resident_of(user)
    if request.method != "POST":
        return _page(request, ProfileForm(resident=resident), resident)
    if FILL_ADDRESS in request.POST:
        data, towns = with_address_from_postal_code(request.POST, "address")
        form = ProfileForm(data, resident=resident)
        # shown with what was typed, not judged: the person has not finished
        form.is_bound = False
        form.initial = {**form.initial, **_typed(form, data)}
        return _page(request, form, resident, towns=towns, asked=True)
    form = ProfileForm(request.POST, resident=resident)
    if form.is_valid():
        try:
            save_profile(user=user, by=user, **form.save_arguments())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("プロフィールを保存しました。"))
            return redirect("residents:profile_edit")
    return _page(request, form, resident, status=422)


def _typed(form: ProfileForm, data: object) -> dict[str, object]:
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name)) for name, field in form.fields.items()
    }


def _page(
    request: HttpRequest,
    form: ProfileForm,
    resident: Resident | None,
    *,
    towns: list[str] | None = None,
    asked: bool = False,
    status: int = 200,
) -> HttpResponse:
    home = {"label": _("マイページ"), "href": resolve_url(settings.LOGIN_REDIRECT_URL)}
    context = {
        "breadcrumb": [home, {"label": _("プロフィール")}],
        "form": form,
        "resident": resident,
        "is_registered": resident is not None and resident.source == ResidentSource.REGISTER,
        "towns": towns or [],
        "asked_for_towns": asked,
    }
    return render(request, "residents/profile_edit.html", context, status=status)
