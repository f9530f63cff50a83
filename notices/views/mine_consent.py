"""The consent to digital delivery: given and withdrawn at any time."""

import contextlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import resident_only
from notices.queries.consent import not_opened_by_consent
from notices.rules import CONSENT_TEXT_VERSION, covers
from notices.services.consenting import NoConsent, withdraw_consent
from notices.views.mine import person
from residents.enums import ConsentKind, ConsentWay
from residents.models import Consent, Resident
from residents.queries import resident_of
from residents.services import consents


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
        _answer(request, resident)
        return redirect("notices:consent")
    agreed = consents.agreed_text(resident, ConsentKind.DIGITAL_NOTICE)
    context = {
        "is_given": bool(agreed),
        "is_older": bool(agreed) and not covers(agreed, CONSENT_TEXT_VERSION),
        "waiting_count": not_opened_by_consent(resident).count() if agreed else 0,
        "ended_by_staff": _ended_by_staff(resident),
    }
    return render(request, "notices/consent.html", context)


def _answer(request: HttpRequest, resident: Resident) -> None:
    answer, user = request.POST.get("answer", ""), person(request)
    if answer == "give":
        consents.give(resident=resident, kind=ConsentKind.DIGITAL_NOTICE, text_version=CONSENT_TEXT_VERSION, by=user)
        messages.success(request, _("今後の通知は、このサイトでお届けします。"))
    elif answer == "withdraw":
        # pressed twice, or staff were faster: what they want is so
        with contextlib.suppress(NoConsent):
            withdraw_consent(resident=resident, by=user)
        messages.success(request, _("今後の通知は、郵送でお届けします。"))
    else:
        # nobody loses what they agreed to by a page that was sent without its button
        messages.error(request, _("回答が読み取れませんでした。受け取り方のボタンをもう一度押してください。"))


def _ended_by_staff(resident: Resident) -> Consent | None:
    """The newest word, when staff wrote it down: who did not say so must be able to see it."""
    newest = Consent.objects.filter(resident=resident, kind=ConsentKind.DIGITAL_NOTICE).order_by("-id").first()
    return newest if newest and not newest.is_given and newest.way != ConsentWay.ONLINE else None
