"""Trying things out: a practice notice to oneself, and the guided tour for classes at the community hall."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import public, resident_only
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.models import User
from notices.display import state_chip
from notices.enums import NoticeState
from notices.services.trial import DAYS_KEPT, practice_notices_of, send_practice
from notices.tour import TOUR
from residents.queries import resident_of


@resident_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def try_notice(request: HttpRequest) -> HttpResponse:
    """Send a practice notice to oneself; those that are there."""
    user: User = request.user  # type: ignore[assignment] # resident_only let nobody else through
    resident = resident_of(user)
    if resident is None:
        messages.info(request, _("はじめに、お名前とご住所を登録してください。"))
        return redirect("residents:profile_edit")
    if request.method == "POST":
        key = request.POST.get("request_key", "")[:40]
        try:
            send_practice(resident=resident, by=user, request_key=f"practice-{user.pk}-{key}")
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("練習用のお知らせを送りました。1分ほどで届きます。"))
        return redirect("notices:try_notice")
    notices = [
        (notice, state_chip(notice), notice.state == NoticeState.DRAFT) for notice in practice_notices_of(resident)
    ]
    context = {"notices": notices, "request_key": new_key(), "days_kept": DAYS_KEPT}
    return render(request, "notices/trial/notice.html", context)


@public
@require_safe
def try_tour(request: HttpRequest) -> HttpResponse:
    """What the tour tells, and its first step."""
    return render(request, "notices/trial/tour.html", {"steps": TOUR})


@public
@require_safe
def try_tour_step(request: HttpRequest, number: int) -> HttpResponse:
    """One step with its picture."""
    if not 1 <= number <= len(TOUR):
        raise Http404
    context = {
        "step": TOUR[number - 1],
        "number": number,
        "total": len(TOUR),
        "previous": number - 1,
        "next": number + 1 if number < len(TOUR) else 0,
    }
    return render(request, "notices/trial/step.html", context)


@public
@require_safe
def try_tour_handout(request: HttpRequest) -> HttpResponse:
    """All steps on one page, made to be printed for a class."""
    return render(request, "notices/trial/handout.html", {"steps": TOUR})
