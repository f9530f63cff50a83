"""The one desk before the day: who comes, how far each is prepared, what is asked on the telephone."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.services import audit
from counter.bereavement.enums import BereavementState
from counter.bereavement.forms import TelephoneForm
from counter.bereavement.walk import Walk
from counter.models import Bereavement
from counter.queries.bereavements import (
    coming,
    corner_of,
    is_asked_by_staff,
    visible_bereavements,
)
from counter.services import bereavements
from counter.views.bereavement.asking import ask, look_over
from counter.views.bereavement.common import is_open_to_staff, no_store, record_read, row_or_404
from counter.views.desk.common import SERVE, user_of
from reservations.queries.scope import visible_reservations

_BOTH = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST]


@staff_only(SERVE)
@require_safe
def bereavement_corner(request: HttpRequest) -> HttpResponse:
    """Bookings to come, and how far each is prepared."""
    user = user_of(request)
    rows = coming(user, timezone.now())
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="bereavement",
        object_ids=[one.row.public_id for one in rows if one.row],
    )
    context = {
        "rows": rows,
        "ready": sum(one.is_ready for one in rows),
        "to_prepare": sum(one.row is not None and one.row.state == BereavementState.SENT for one in rows),
        "telephone": TelephoneForm(),
    }
    return no_store(render(request, "counter/bereavement/corner.html", context))


@staff_only(SERVE)
@require_POST
def bereavement_prepare_all(request: HttpRequest) -> HttpResponse:
    """One button: sheets for everybody who has answered."""
    user = user_of(request)
    bereavements.follow_bookings()
    count, has_more = bereavements.prepare_all(by=user)
    if count or not has_more:
        _say_prepared(request, count)
    if has_more:
        messages.info(
            request, _("残りの予約の準備票も、続けて作っています。しばらくしてから、この画面を開き直してください。")
        )
    return redirect("counter:bereavement_corner")


@staff_only(SERVE)
@require_POST
def bereavement_prepare(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same for one family."""
    row = row_or_404(request, public_id)
    try:
        _say_prepared(request, int(bereavements.prepare(row, by=user_of(request))))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("counter:bereavement_case", public_id)


@staff_only(SERVE)
@require_POST
def bereavement_telephone(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask a family on the telephone, or ask again what it sent; `public_id` is that of its booking."""
    user = user_of(request)
    reservation = get_object_or_404(visible_reservations(user), public_id=public_id)
    corner = corner_of(reservation)
    if corner is None:
        raise Http404
    form = TelephoneForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(form.errors["agree"][0]))
        sent = visible_bereavements(user).filter(reservation=reservation).exclude(state=BereavementState.DRAFT).first()
        return redirect("counter:bereavement_case", sent.public_id) if sent else redirect("counter:bereavement_corner")
    row = bereavements.begin(reservation, corner, by=user)
    if not is_asked_by_staff(row):
        bereavements.take_telephone(row, by=user)
    return redirect("counter:bereavement_staff_page", row.public_id, 1)


@staff_only(SERVE)
@never_cache
@require_http_methods(_BOTH)
def bereavement_staff_page(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One page of questions, asked on the telephone."""
    row = row_or_404(request, public_id)
    walk = _walk(request, row)
    return ask(request, walk, number) if walk else redirect("counter:bereavement_case", public_id)


@staff_only(SERVE)
@never_cache
@require_http_methods(_BOTH)
def bereavement_staff_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was said on the telephone once more, then it is sent."""
    row = row_or_404(request, public_id)
    walk = _walk(request, row)
    return look_over(request, walk) if walk else redirect("counter:bereavement_case", public_id)


def _walk(request: HttpRequest, row: Bereavement) -> Walk | None:
    """The questions, where the family agreed on the telephone; 404 for what it is still writing at home.

    None for what it sent: changes it is typing are not the desk's, until it is asked on the telephone.
    """
    if not is_open_to_staff(row):
        raise Http404
    if not is_asked_by_staff(row):
        return None
    if request.method != HTTPMethod.POST:
        record_read(request, row, "questions")
    return Walk(row, user_of(request), is_staff=True)


def _say_prepared(request: HttpRequest, count: int) -> None:
    if not count:
        messages.info(request, _("準備票は最新です。新しく依頼するものはありません。"))
        return
    text = ngettext("%(number)s件の準備票を各課に渡しました。", "%(number)s件の準備票を各課に渡しました。", count)
    messages.success(request, text % {"number": count})
