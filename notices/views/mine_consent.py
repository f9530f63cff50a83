"""The consent to digital delivery: given and withdrawn at any time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import resident_only
from notices.rules import CONSENT_TEXT_VERSION, covers
from notices.views.mine import person
from residents.enums import ConsentKind
from residents.models import Resident
from residents.queries import resident_of
from residents.services import consents

_ACTS = {"give": consents.give, "withdraw": consents.withdraw}


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
    context = {"is_given": bool(agreed), "is_older": bool(agreed) and not covers(agreed, CONSENT_TEXT_VERSION)}
    return render(request, "notices/consent.html", context)


def _answer(request: HttpRequest, resident: Resident) -> None:
    answer = request.POST.get("answer", "")
    act = _ACTS.get(answer)
    if act is None:
        # nobody loses what they agreed to by a page that was sent without its button
        messages.error(request, _("回答が読み取れませんでした。受け取り方のボタンをもう一度押してください。"))
        return
    act(
        resident=resident,
        kind=ConsentKind.DIGITAL_NOTICE,
        text_version=CONSENT_TEXT_VERSION,
        by=person(request),
    )
    gives = answer == "give"
    messages.success(
        request, _("今後の通知は、このサイトでお届けします。") if gives else _("今後の通知は、郵送でお届けします。")
    )
