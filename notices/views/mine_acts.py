"""What a resident does with a notice: open it, confirm it, see its code, answer it, put it away. Each by POST."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cityhall.access import resident_only
from cityhall.errors import DomainError
from notices.forms_inbox import ReplyForm
from notices.services import confirm_notice, open_notice
from notices.services.inbox import archive, unarchive
from notices.services.receipts import show_code
from notices.services.replies import send_reply
from notices.views.mine import detail_context, own_or_404, person


@resident_only
@require_POST
def notice_open(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open the envelope: the one act that counts as reading. Twice is once."""
    notice = own_or_404(request, public_id)
    return _done(request, public_id, lambda: open_notice(notice, by=person(request)))


@resident_only
@require_POST
def notice_confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that one has understood it."""
    notice = own_or_404(request, public_id)
    said = _("確認したことを市に伝えました。")
    return _done(request, public_id, lambda: confirm_notice(notice, by=person(request)), said=said)


@resident_only
@require_POST
def notice_code(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the one-time code, which is recorded."""
    notice = own_or_404(request, public_id)
    return _done(request, public_id, lambda: show_code(notice, by=person(request)), anchor="#code")


@resident_only
@require_POST
def notice_archive(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put the notice away, or take it back into the inbox."""
    notice = own_or_404(request, public_id)
    if "back" in request.POST:
        said = _("通知を受信箱に戻しました。")
        return _done(request, public_id, lambda: unarchive(notice, by=person(request)), said=said)
    said = _("通知を保管しました。「保管した通知」で、いつでも見られます。")
    return _done(request, public_id, lambda: archive(notice, by=person(request)), said=said)


@resident_only
@require_POST
def notice_reply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write back to the department, where the kind of notice allows it. What was typed stays when it is refused."""
    notice = own_or_404(request, public_id)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            send_reply(notice=notice, by=person(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error("body", str(error))
        else:
            messages.success(request, _("返信を送信しました。"))
            return redirect("notices:notice_detail", public_id=public_id)
    return render(
        request, "notices/notice_detail.html", {**detail_context(request, notice), "reply_form": form}, status=422
    )


def _done(
    request: HttpRequest, public_id: str, act: Callable[[], object], *, said: str = "", anchor: str = ""
) -> HttpResponse:
    """Do it, and back to the notice with what is to be said."""
    try:
        act()
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        if said:
            messages.success(request, said)
    response = redirect("notices:notice_detail", public_id=public_id)
    response["Location"] += anchor
    return response
