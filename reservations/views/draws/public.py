"""Draws for everybody: what may be entered, the own entry, and the published list with its proof."""

import csv
import io

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import public
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_id
from cityhall.rate_limits import is_within_limit
from reservations.enums import DrawState
from reservations.forms_draws import WishForm, slot_text
from reservations.models import Draw, DrawWish
from reservations.queries import draws
from reservations.services import draws as service
from reservations.views.contacts import contact_from, known_contact
from reservations.views.links import link_wiped
from residents.queries import resident_of

ENTRIES_PER_HOUR = 30


@public
@require_safe
def draw_list(request: HttpRequest) -> HttpResponse:
    """All draws that take wishes, will, or were drawn lately."""
    rows = [(draw, draws.is_open(draw)) for draw in draws.public_draws()]
    return render(request, "reservations/draws/list.html", {"rows": rows})


@public
@require_safe
def draw_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One draw: dates, how it is drawn, and afterwards the result by numbers."""
    draw = _draw(public_id)
    results = list(draws.results_of(draw)) if draw.state == DrawState.DRAWN else []
    context = {"draw": draw, "is_open": draws.is_open(draw), "slots": list(draws.slots_of(draw)), "results": results}
    return render(request, "reservations/draws/detail.html", context)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draw_enter(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say which times would do. Two presses are one entry."""
    draw = _draw(public_id)
    if not draws.is_open(draw):
        return redirect("reservations:draw", public_id=public_id)
    resident = resident_of(request.user)
    form = WishForm(
        request.POST or None, draw=draw, knows_name=resident is not None, initial=known_contact(request.user)
    )
    if request.method == "POST" and form.is_valid():
        wish = _enter(request, draw, form)
        if wish is not None:
            return redirect("reservations:draw_wish", public_id=wish.public_id, secret=service.secret_of(wish))
    context = {
        "draw": draw,
        "form": form,
        "resident": resident,
        "request_key": request.POST.get("request_key") or new_id(),
    }
    return render(request, "reservations/draws/enter.html", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def draw_wish(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """The own entry behind its link: number, wishes, result; taken back while wishes are open."""
    rows = DrawWish.objects.select_related("draw__place", "draw__group", "service", "reservation__place")
    wish = get_object_or_404(rows, public_id=public_id)
    if not service.is_secret_of(wish, secret):
        raise Http404
    if wish.wiped_at:
        return link_wiped(request)
    if request.method == "POST":
        try:
            service.withdraw(wish=wish)
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("申込を取り下げました。"))
        return redirect(request.path)
    chosen = [slot_text(choice.slot) for choice in wish.choices.select_related("slot")]
    context = {"wish": wish, "draw": wish.draw, "chosen": chosen, "is_open": draws.is_open(wish.draw)}
    response = render(request, "reservations/draws/wish.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@public
@require_safe
def draw_entries(request: HttpRequest, public_id: str) -> HttpResponse:
    """The list the published SHA-256 is of, byte for byte, once it is drawn."""
    draw = _draw(public_id)
    if draw.state != DrawState.DRAWN:
        raise Http404
    return HttpResponse(draw.published_list, content_type="text/plain; charset=utf-8")


@public
@require_safe
def draw_results(request: HttpRequest, public_id: str) -> HttpResponse:
    """Order and winners as CSV, by numbers only."""
    draw = _draw(public_id)
    if draw.state != DrawState.DRAWN:
        raise Http404
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("順番"), _("申込番号"), _("結果"), _("日時")])
    for wish in draws.results_of(draw):
        starts = wish.reservation.starts_at.isoformat() if wish.reservation is not None else ""
        writer.writerow([wish.rank, wish.number, wish.get_state_display(), starts])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="draw-{draw.public_id}.csv"'
    return response


def _draw(public_id: str) -> Draw:
    return get_object_or_404(draws.public_draws(), public_id=public_id)


def _enter(request: HttpRequest, draw: Draw, form: WishForm) -> DrawWish | None:
    if not is_within_limit(request, "draw-enter", times=ENTRIES_PER_HOUR, seconds=3600):
        form.add_error(None, _("短い間に何度も申し込まれました。しばらくしてから、もう一度お試しください。"))
        return None
    try:
        return service.enter(
            draw=draw,
            service=form.cleaned_data["service"],
            slots=form.chosen(),
            contact=contact_from(form, request.user),
            request_key=f"wish-{request.POST.get('request_key', '')[:60] or new_id()}",
            people=form.cleaned_data.get("people", 1),
            joins_waitlist=form.cleaned_data.get("joins_waitlist", False),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None
