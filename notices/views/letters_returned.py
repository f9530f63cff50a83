"""Letters that the post brought back: read one after the other, and what is to be done with each."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.pages import keyset_page
from cityhall.references import format_number
from cityhall.services import audit
from notices.enums import ReturnReason
from notices.forms_letters import ReturnedForm
from notices.queries import letters_returned, visible_to_staff
from notices.queries.letters import CHANGE
from notices.services.returning import take_back
from notices.views.letters_shared import staff_of

PAGE_SIZE = 50


@staff_only(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def letter_returns(request: HttpRequest) -> HttpResponse:
    """Read a returned letter with a scanner, the camera or by its number; the reason stays for the next one."""
    form = ReturnedForm(request.POST or None, initial={"reason": _reason(request)})
    if request.method == "POST" and form.is_valid():
        reason = ReturnReason(form.cleaned_data["reason"])
        _take_back(request, form.cleaned_data["code"], reason)
        # whatever came of it, the box is empty and waits for the next letter: nobody leaves the scanner for the mouse
        return redirect(f"{request.path}?{urlencode({'reason': reason.value})}")
    return _page(request, form)


def _take_back(request: HttpRequest, code: str, reason: ReturnReason) -> None:
    user = staff_of(request)
    try:
        found = take_back(code, letters=visible_to_staff(user, CHANGE), by=user, reason=str(reason.label))
    except DomainError as error:
        messages.error(request, str(error))
        return
    number = {"number": format_number(found.notice.number)}
    if found.was_known:
        messages.info(request, _("通知番号 %(number)s は、すでに返戻として記録しています。") % number)
    else:
        messages.success(request, _("通知番号 %(number)s を返戻として記録しました。") % number)


def _reason(request: HttpRequest) -> str:
    wanted = request.GET.get("reason", "")
    return wanted if wanted in ReturnReason else ReturnReason.UNKNOWN_ADDRESS


def _page(request: HttpRequest, form: ReturnedForm) -> HttpResponse:
    user = staff_of(request)
    page = keyset_page(
        letters_returned(user), order=("-returned_at", "-id"), after=request.GET.get("after", ""), size=PAGE_SIZE
    )
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="notice",
        object_ids=[notice.public_id for notice in page.rows],
    )
    context = {
        "form": form,
        "notices": page.rows,
        "next_url": f"?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
    }
    return render(request, "notices/letters/returns.html", context)
