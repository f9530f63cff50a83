"""Draws for staff: opening one, watching it, calling it off."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.models import User
from reservations.forms_draws import DrawForm
from reservations.models import Draw
from reservations.queries import draws
from reservations.queries.supply import editable_groups
from reservations.services import draws as service

_MANAGE = "reservations.manage_draw"


@staff_only(_MANAGE)
@require_safe
def staff_draws(request: HttpRequest) -> HttpResponse:
    """The draws of the own groups."""
    return render(request, "reservations/draws/staff_list.html", {"draws": draws.draws_of(_user(request))[:100]})


@staff_only(_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_draw_new(request: HttpRequest) -> HttpResponse:
    """Open a draw: its seed is made and sealed now."""
    user = _user(request)
    form = DrawForm(request.POST or None, groups=editable_groups(user))
    if request.method == "POST" and form.is_valid():
        try:
            draw = service.open_draw(draw=form.save(commit=False), by=user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("抽選を登録しました。"))
            return redirect("reservations:staff_draw", public_id=draw.public_id)
    return render(request, "reservations/draws/staff_new.html", {"form": form})


@staff_only(_MANAGE)
@require_safe
def staff_draw(request: HttpRequest, public_id: str) -> HttpResponse:
    """One draw with its entries, by number; the names stand with the winners' reservations."""
    draw = _draw(request, public_id)
    wishes = draw.wishes.select_related("reservation").order_by("rank", "id")[:500]
    return render(request, "reservations/draws/staff_detail.html", {"draw": draw, "wishes": wishes})


@staff_only(_MANAGE)
@require_POST
def staff_draw_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Call it off and tell everybody who entered."""
    try:
        service.cancel_draw(draw=_draw(request, public_id), by=_user(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("抽選を中止し、申し込んだ方にメールでお知らせしました。"))
    return redirect("reservations:staff_draw", public_id=public_id)


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _draw(request: HttpRequest, public_id: str) -> Draw:
    return get_object_or_404(draws.draws_of(_user(request)), public_id=public_id)
