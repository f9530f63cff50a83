"""The consent to digital delivery: given and withdrawn at any time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import resident_only
from notices.views.mine import person
from residents.enums import ConsentKind
from residents.queries import resident_of
from residents.services import consents

CONSENT_TEXT_VERSION = "2026-1"
"""Version of the words on the consent page; raise it when they change."""


@resident_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Whether notices come digitally; given and withdrawn here at any time."""
    resident = resident_of(person(request))
    if resident is None:
        messages.info(request, _("はじめに、お名前とご住所を登録してください。"))
        return redirect("residents:profile_edit")
    if request.method == "POST":
        gives = request.POST.get("answer") == "give"
        act = consents.give if gives else consents.withdraw
        act(
            resident=resident,
            kind=ConsentKind.DIGITAL_NOTICE,
            text_version=CONSENT_TEXT_VERSION,
            by=person(request),
        )
        messages.success(
            request,
            _("今後の通知は、このサイトでお届けします。") if gives else _("今後の通知は、郵送でお届けします。"),
        )
        return redirect("notices:consent")
    is_given = consents.has_consent(resident, ConsentKind.DIGITAL_NOTICE)
    return render(request, "notices/consent.html", {"is_given": is_given})
