"""The public check page: is this notice the city's?"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import public
from cityhall.errors import DomainError
from cityhall.rate_limits import is_within_limit
from notices.enums import CheckResult
from notices.forms import VerifyFileForm, VerifyNumberForm
from notices.models import NoticeCheck
from notices.services import CheckAnswer, answer_of, start_check, verify_by_number
from notices.typed_numbers import number_typed

UPLOADS_PER_MINUTE = 20
LOOKUPS_PER_MINUTE = 120
REFRESH_SECONDS = 3


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Two ways to check: the file (sure) or the number (a first look)."""
    number_form, file_form = VerifyNumberForm(), VerifyFileForm()
    if request.method == "POST" and ("number" in request.POST or "code" in request.POST):
        # a code is what the camera read: the address of this page with the number in it
        number_form = VerifyNumberForm({"number": request.POST.get("number") or request.POST.get("code", "")})
        if number_form.is_valid():
            return redirect("notices:verify_number", number=number_form.cleaned_data["number"])
    elif request.method == "POST":
        file_form = VerifyFileForm(request.POST, request.FILES)
        if file_form.is_valid():
            check = _checked(request, file_form)
            if check is not None:
                return redirect("notices:verify_check", public_id=check.public_id)
    context = {
        "number_form": number_form,
        "file_form": file_form,
        "bound_form": next((form for form in (number_form, file_form) if form.is_bound), None),
    }
    return render(request, "notices/verify.html", context)


@public
@never_cache
@require_safe
def verify_number(request: HttpRequest, number: str) -> HttpResponse:
    """The answer for a number; the QR code on a notice leads here."""
    if not is_within_limit(request, "verify-number", times=LOOKUPS_PER_MINUTE, seconds=60):
        return _too_often(request)
    wanted = number_typed(number)
    return _render_answer(request, verify_by_number(wanted), number=wanted)


@public
@never_cache
@require_safe
def verify_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """The answer for an uploaded file; while the worker looks into it the page renews itself."""
    check = NoticeCheck.objects.select_related("notice").filter(public_id=public_id).first()
    if check is None:
        raise Http404
    answer = answer_of(check)
    if answer is None:
        response = render(request, "notices/verify_waiting.html")
        # a header, so that it works without JavaScript
        response["Refresh"] = str(REFRESH_SECONDS)
        return response
    return _render_answer(request, answer, is_file=True)


def _checked(request: HttpRequest, form: VerifyFileForm) -> NoticeCheck | None:
    """The check of the uploaded file; None when it was refused, with the reason at the field."""
    if not is_within_limit(request, "verify-upload", times=UPLOADS_PER_MINUTE, seconds=60):
        form.add_error("file", _("短い間に何度も確認されました。1分ほど待ってから、もう一度お試しください。"))
        return None
    try:
        return start_check(form.cleaned_data["file"])
    except DomainError as error:
        form.add_error("file", str(error))
        return None


def _render_answer(
    request: HttpRequest, answer: CheckAnswer, *, number: str = "", is_file: bool = False
) -> HttpResponse:
    context = {"answer": answer, "number": number, "is_file": is_file, "results": CheckResult}
    return render(request, "notices/verify_answer.html", context)


def _too_often(request: HttpRequest) -> HttpResponse:
    form = VerifyNumberForm()
    context = {"number_form": form, "file_form": VerifyFileForm(), "is_too_often": True}
    return render(request, "notices/verify.html", context, status=429)
