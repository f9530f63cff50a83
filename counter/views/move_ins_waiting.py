"""A family that has chosen no time: write once more, book by telephone, or set the notice aside with a reason."""

from collections.abc import Callable
from http import HTTPMethod, HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.templatetags.ui import wareki_time
from counter.forms_move_ins import NumberForm, SetAsideForm, TakeBookingForm
from counter.models import MoveIn
from counter.moving_in.errors import NoSuchBooking
from counter.permissions import IMPORT
from counter.queries.move_ins import is_waiting
from counter.services import move_ins
from counter.views.desk.common import user_of
from counter.views.move_ins import refuse_others
from reservations.models import Reservation

_FORMS: dict[str, type[forms.Form]] = {"link": NumberForm, "booking": TakeBookingForm, "aside": SetAsideForm}


@staff_only(IMPORT)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def move_in_next(request: HttpRequest, public_id: str) -> HttpResponse:
    """What can be done for somebody whose day nobody knows. `action` says which of the forms was sent."""
    refuse_others(request)
    rows = MoveIn.objects.select_related("prefill__reservation", "reservation")
    move_in = get_object_or_404(rows, public_id=public_id, cancelled_at=None)
    action = request.POST.get("action", "")
    if request.method == HTTPMethod.POST and action == "up":
        move_ins.take_up(move_in, by=user_of(request))
        return _back(request, move_in, _("日時待ちに戻しました。"))
    sent = action if request.method == HTTPMethod.POST and action in _FORMS else ""
    shown = {name: form(request.POST if name == sent else None, prefix=name) for name, form in _FORMS.items()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK
    try:
        if sent and shown[sent].is_valid() and (said := _act(sent, shown[sent], move_in, user_of(request))):
            return _back(request, move_in, said)
    except StaleState:
        # the page says how it stands now, without the forms
        move_in, sent, status = get_object_or_404(rows, pk=move_in.pk), "", HTTPStatus.CONFLICT
    context = {
        "move_in": move_in,
        "is_waiting": is_waiting(move_in),
        "forms": shown,
        "sent": shown.get(sent),
        "batch": _batch(move_in),
        "settings": move_ins.settings_of_city(),
    }
    return render(request, "counter/move_ins/next.html", context, status=status)


def _act(action: str, form: forms.Form, move_in: MoveIn, by: User) -> str:
    """Do it, and what to say of it; "" when it was refused, with the reason by the field. Raises StaleState."""
    data = form.cleaned_data
    acts: dict[str, tuple[Callable[[], Reservation | None], str]] = {
        "link": (
            lambda: move_ins.send_again(move_in, number=data["number"], by=by),
            _("残りの質問のリンクを、もう一度メールで送りました。"),
        ),
        "booking": (
            lambda: move_ins.take_booking(move_in, number=data["number"], booking=data["booking"], by=by),
            _("%(name)s様の %(when)s の予約と結び付けました。ご本人のQRコードで、この予約の受付ができます。"),
        ),
        "aside": (lambda: move_ins.set_aside(move_in, reason=data["reason"], by=by), _("見送りにしました。")),
    }
    act, said = acts[action]
    try:
        booked = act()
    except StaleState:
        raise
    except DomainError as error:
        field = "booking" if isinstance(error, NoSuchBooking) else next(iter(form.fields))
        form.add_error(field, str(error))
        return ""
    return said % {"name": booked.name, "when": wareki_time(booked.starts_at)} if booked else said


def _batch(move_in: MoveIn) -> str:
    """The newest file that named it: the list staff came from."""
    found = move_in.items.order_by("-batch_id").values_list("batch__public_id", flat=True).first()
    return found or ""


def _back(request: HttpRequest, move_in: MoveIn, said: str) -> HttpResponse:
    messages.success(request, said)
    batch = _batch(move_in)
    return redirect("counter:move_in_import", batch) if batch else redirect("counter:move_ins")
