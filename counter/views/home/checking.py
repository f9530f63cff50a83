"""Everything once more before it is kept for the visit, and the day of the visit."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.corrections import owner_of
from applications.form_pages.checking import Problem
from cityhall.access import public
from cityhall.errors import StaleState
from counter import prefill_cookie
from counter.elsewhere import elsewhere_of
from counter.errors import NoSuchPrefill
from counter.form_pages import Filling
from counter.home import Home, save_day
from counter.home_forms import DayForm
from counter.home_papers import at_desk
from counter.home_review import review
from counter.services import move_ins
from counter.views.home.answering import steps
from counter.views.home.opening import ended_page, may_change, person, slow_down, with_prefill


@public
@never_cache
@require_safe
@with_prefill
def home_check(request: HttpRequest, home: Home) -> HttpResponse:
    """All answers with a way to change each, what is missing, and what is left for the desk."""
    return _show(request, home, DayForm(chosen=home.prefill.visit_on))


@public
@never_cache
@require_POST
@with_prefill
def home_keep(request: HttpRequest, home: Home) -> HttpResponse:
    """Keep it for the visit and go on to the code. What is missing is asked at the desk."""
    form = DayForm(request.POST, chosen=home.prefill.visit_on)
    if not home.prefill.is_practice and form.is_valid():
        move_ins.note_completed(home.prefill)
    if home.prefill.is_practice or home.prefill.reservation:
        # the trial ends today, a booking has its day
        return redirect("counter:home_code")
    if not form.is_valid():
        return _show(request, home, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not may_change(request, home.token):
        return slow_down(request, _("操作が続いています。10分ほどおいてから、もう一度お試しください。"))
    try:
        save_day(home, form.day(), user=person(request))
    except StaleState:
        # changed in another window: what is shown there is looked at once more
        return redirect("counter:home_check")
    except NoSuchPrefill as error:
        return ended_page(request, error)
    response = redirect("counter:home_code")
    prefill_cookie.put(response, home.token)
    return response


def _show(request: HttpRequest, home: Home, form: DayForm, *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    filling = home.filling
    checked = filling.checked
    # what is typed but not understood is kept, and is not what nobody answered
    to_mend = [one for one in checked.problems if filling.values.get(one.key)]
    context = {
        "home": home,
        "sections": review(home),
        "to_mend": to_mend,
        "unanswered": [one for one in checked.problems if one not in to_mend],
        "problems": checked.problems,
        "doubts": _doubts(filling),
        "desk": at_desk(home),
        "elsewhere": elsewhere_of(request.session),
        "steps": steps(filling, len(filling.form.pages) + 1),
        "last_page": filling.shown[-1] if filling.shown else None,
        "form": form,
    }
    return render(request, "counter/home/check.html", context, status=status)


def _doubts(filling: Filling) -> list[Problem]:
    """What is odd though it is taken, with the way to each; a page is built only where there is something."""
    found = []
    for number in sorted({filling.form.page_of(owner_of(one.path)) for one in filling.doubts}):
        rows = [row["id"] for value in filling.values.values() if isinstance(value, list) for row in value]
        form = filling.page_form(number, opened=[one for one in rows if isinstance(one, str)])
        told = [form.doubt(one.path, one.message) for one in filling.doubts]
        found += [Problem(number, one.key, one.label, one.message, one.anchor) for one in told if one]
    return found
