"""The code: on the screen, on a sheet and on a card of paper, and in a mail when somebody asks for one."""

from http import HTTPMethod, HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import public
from cityhall.qr import qr_inline
from cityhall.queries.city import municipality
from cityhall.rate_limits import is_within_limit, is_within_limit_of
from counter import codes, home_pdf
from counter.elsewhere import elsewhere_of
from counter.home import Home
from counter.home_forms import MailForm
from counter.home_papers import at_desk
from counter.queries.bookings import booking_of
from counter.services.prefills.keeping import last_day_of
from counter.services.prefills.mailing import send_code
from counter.views.home.opening import READ_OR_SEND, slow_down, with_prefill

PDFS: Final = {"times": 60, "seconds": 600}
"""Setting a page takes a fifth of a second of the processor."""
MAILS: Final = {"times": 3, "seconds": 3600}
"""By prefill: a wrong address is typed once or twice."""
MAILS_OF_ADDRESS: Final = {"times": 20, "seconds": 3600}
"""By address, which many share on mobile lines."""
MAILS_TO: Final = {"times": 5, "seconds": 24 * 3600}
"""To one mailbox: nobody is sent mail they did not ask for again and again."""


@public
@never_cache
@require_safe
@with_prefill
def home_code(request: HttpRequest, home: Home) -> HttpResponse:
    """What is shown at the desk."""
    context = {
        **_facts(request, home),
        "home": home,
        "qr": qr_inline(_code(home)),
        "left": len(home.filling.checked.problems),
    }
    return render(request, "counter/home/code.html", context)


@public
@never_cache
@require_safe
@with_prefill
def home_sheet(request: HttpRequest, home: Home) -> HttpResponse:
    """A sheet of A4 to bring. Made in the request, kept nowhere."""
    return _pdf(request, home, _("窓口でお見せください.pdf"), home_pdf.sheet)


@public
@never_cache
@require_safe
@with_prefill
def home_card(request: HttpRequest, home: Home) -> HttpResponse:
    """The code as a small card for the wallet."""
    return _pdf(request, home, _("事前入力カード.pdf"), home_pdf.card)


@public
@never_cache
@require_http_methods(READ_OR_SEND)
@with_prefill
def home_mail(request: HttpRequest, home: Home) -> HttpResponse:
    """Send the ten digits to an address that is typed now and kept nowhere."""
    if home.prefill.is_practice:
        messages.info(request, _("体験では、メールは送信しません。"))
        return redirect("counter:home_code")
    form = MailForm(request.POST if request.method == HTTPMethod.POST else None)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        if _may_send(request, home, email):
            send_code(email, token=home.token, last_day=last_day_of(home.prefill), booking=booking_of(home.prefill))
            messages.success(
                request,
                _("10桁の数字をメールでお送りしました。数分たっても届かないときは、アドレスをお確かめください。"),
            )
            return redirect("counter:home_code")
        form.add_error(
            "email", _("メールの送信が続いたため、送信していません。1時間ほどおいてから、もう一度お試しください。")
        )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "counter/home/mail.html", {"home": home, "form": form}, status=status)


def _may_send(request: HttpRequest, home: Home, email: str) -> bool:
    return (
        is_within_limit_of(codes.lookup_of(home.token), "prefill-mail", **MAILS)
        and is_within_limit(request, "prefill-mail", **MAILS_OF_ADDRESS)
        and is_within_limit_of(email.casefold(), "prefill-mail-to", **MAILS_TO)
    )


def _pdf(request: HttpRequest, home: Home, name: str, make: Any) -> HttpResponse:
    if not is_within_limit(request, "prefill-pdf", **PDFS):
        return slow_down(request, _("PDFの作成が続いています。10分ほどおいてから、もう一度お試しください。"))
    content = make(**_facts(request, home), code=_code(home), is_practice=home.prefill.is_practice)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _facts(request: HttpRequest, home: Home) -> dict[str, Any]:
    """What screen and paper say."""
    return {
        "spoken": codes.written(codes.spoken_code(home.token)),
        "last_day": last_day_of(home.prefill),
        "visit_on": home.prefill.visit_on,
        "booking": booking_of(home.prefill),
        "procedures": home.procedures,
        "desk": at_desk(home),
        "elsewhere": elsewhere_of(request.session),
    }


def _code(home: Home) -> str:
    return codes.full_code(municipality().code, home.token)
