"""The page of one's ways and choices, and the acts of its forms."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import resident_only
from cityhall.errors import DomainError
from cityhall.models import User
from notices import sms, vapid
from notices.enums import Channel
from notices.forms_channels import ChoicesForm, CodeForm, PhoneForm, PushForm
from notices.models import PushSubscription, SmsNumber
from notices.services.alerts import reach_of_person
from notices.services.alerts.reach import is_bad
from notices.services.bounces import lift_bad_address
from notices.services.channels import choices_of, end_number, prove_number, save_choices, start_number
from notices.services.line import is_configured, unlink
from notices.services.push import NotAPushService, leave_account
from notices.views.channels.browsers import take_browser
from residents.models import Resident
from residents.phones import PhoneInvalid, format_phone
from residents.queries import mail_address_of, resident_of


@resident_only
@never_cache
@require_safe
def my_channels(request: HttpRequest) -> HttpResponse:
    """What the person has, and what they chose for each drawer of the inbox."""
    resident = _resident(request)
    return redirect("residents:profile_edit") if resident is None else _page(request, resident)


@resident_only
@require_POST
def choices_save(request: HttpRequest) -> HttpResponse:
    """Keep the choice for every drawer."""
    resident = _resident(request)
    if resident is None:
        return redirect("residents:profile_edit")
    form = _choices_form(resident, request.POST)
    if not form.is_valid():
        return _page(request, resident, choices_form=form)
    save_choices(resident=resident, chosen=form.wanted())
    messages.success(request, _("お知らせの受け取り方を保存しました。"))
    return redirect("notices:my_channels")


@resident_only
@require_POST
def push_add(request: HttpRequest) -> HttpResponse:
    """Take this browser in; a script has filled in what it said."""
    try:
        take_browser(request, user=_person(request))
    except NotAPushService as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("この端末で、プッシュ通知を受け取ります。"))
    return redirect("notices:my_channels")


@resident_only
@require_POST
def push_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send no more pushes to one of one's devices."""
    row = PushSubscription.objects.filter(user=_person(request), public_id=public_id).first()
    if row is None:
        raise Http404
    leave_account(row, reason=_("本人が終了"))
    messages.success(request, _("この端末へのプッシュ通知を終了しました。"))
    return redirect("notices:my_channels")


@resident_only
@require_POST
def line_unlink(request: HttpRequest) -> HttpResponse:
    """Tell nothing over LINE any more."""
    if unlink(_person(request)):
        messages.success(request, _("LINEとの連携を解除しました。"))
    return redirect("notices:my_channels")


@resident_only
@require_POST
def number_start(request: HttpRequest) -> HttpResponse:
    """Send a code to a mobile number."""
    resident = _resident(request)
    if resident is None:
        return redirect("residents:profile_edit")
    if not sms.is_configured():
        raise Http404
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            start_number(_person(request), phone=form.cleaned_data["phone"])
        except PhoneInvalid as error:
            form.add_error("phone", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("確認番号をSMSで送りました。10分以内に入力してください。"))
            return redirect("notices:my_channels")
    return _page(request, resident, phone_form=form)


@resident_only
@require_POST
def number_prove(request: HttpRequest) -> HttpResponse:
    """Take the code of the text message."""
    resident = _resident(request)
    if resident is None:
        return redirect("residents:profile_edit")
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            prove_number(_person(request), code=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("携帯電話番号を確認しました。SMSでもお知らせします。"))
            return redirect("notices:my_channels")
    return _page(request, resident, code_form=form)


@resident_only
@require_POST
def number_end(request: HttpRequest) -> HttpResponse:
    """Send no more texts."""
    if end_number(_person(request)):
        messages.success(request, _("SMSでのお知らせを終了しました。"))
    return redirect("notices:my_channels")


@resident_only
@require_POST
def address_lift(request: HttpRequest) -> HttpResponse:
    """Write to one's own address again, after it was mended."""
    resident = _resident(request)
    if resident is not None and lift_bad_address(mail_address_of(resident)):
        messages.success(request, _("このメールアドレスへ、もう一度お送りします。"))
    return redirect("notices:my_channels")


def _page(
    request: HttpRequest,
    resident: Resident,
    *,
    choices_form: ChoicesForm | None = None,
    phone_form: PhoneForm | None = None,
    code_form: CodeForm | None = None,
) -> HttpResponse:
    user = _person(request)
    number = SmsNumber.objects.filter(user=user, ended_at__isnull=True).first()
    address = mail_address_of(resident)
    bound = [form for form in (choices_form, phone_form, code_form) if form is not None]
    context: dict[str, Any] = {
        "address": address,
        "is_bad_address": bool(address) and is_bad(address),
        "push_key": vapid.public_key(),
        "push_form": PushForm(),
        "browsers": PushSubscription.objects.filter(user=user, ended_at__isnull=True).order_by("id"),
        "has_line": is_configured(),
        "line_id": settings.LINE_BASIC_ID,
        "line": getattr(user, "line_account", None),
        "has_sms": sms.is_configured(),
        "number": number,
        "number_shown": format_phone(number.number) if number else "",
        "phone_form": phone_form or PhoneForm(),
        "code_form": code_form or CodeForm(),
        "choices_form": choices_form or _choices_form(resident, None),
        "bound_form": bound[0] if bound else None,
    }
    return render(request, "notices/channels/my_channels.html", context)


def _choices_form(resident: Resident, data: Any) -> ChoicesForm:
    ways = reach_of_person(resident).channels
    return ChoicesForm(data, ways=[channel for channel in Channel if channel in ways], chosen=choices_of(resident))


def _person(request: HttpRequest) -> User:
    # resident_only let nobody else through
    return request.user  # type: ignore[return-value]


def _resident(request: HttpRequest) -> Resident | None:
    """The person's row; without one they are asked to register first."""
    resident = resident_of(_person(request))
    if resident is None:
        messages.info(request, _("はじめに、お名前とご住所を登録してください。"))
    return resident
