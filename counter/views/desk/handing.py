"""What the back office gave back, shown where it was received: handed over again, or done by hand."""

import datetime as dt
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.errors import StaleState
from cityhall.models import User
from counter.enums import HandOverOutcome
from counter.models import HandOver
from counter.queries.cut import Cut, cut
from counter.queries.hand_overs import DESK_SHOWS, over_since, visible_hand_overs
from counter.queries.takers import silence
from counter.services import hand_overs
from counter.views.desk.common import SERVE, user_of

_OVER_DAYS: Final = 7
"""For how long the list shows what is over; a case has its history on its own page."""


@staff_only(SERVE)
@require_safe
def hand_over_list(request: HttpRequest) -> HttpResponse:
    """What came back with an error first, then what waits, then the rest of the newest."""
    user = user_of(request)
    returned = _some(user, HandOverOutcome.RETURNED)
    waiting = _some(user, HandOverOutcome.OPEN)
    context = {
        "returned": returned,
        "waiting": waiting,
        "silence": silence(waiting, timezone.now()),
        "over": cut(over_since(user, today() - dt.timedelta(days=_OVER_DAYS)), DESK_SHOWS),
        "over_days": _OVER_DAYS,
    }
    response = render(request, "counter/desk/hand_overs.html", context)
    response["Cache-Control"] = "no-store"
    return response


@staff_only(SERVE)
@require_POST
def hand_over_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand a case over once more, after whatever was wrong was mended."""
    try:
        hand_overs.put_again(_seen(request, public_id), by=user_of(request))
    except StaleState as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("もう一度引き渡します。"))
    return redirect("counter:hand_overs")


@staff_only(SERVE)
@require_POST
def hand_over_settle(request: HttpRequest, public_id: str) -> HttpResponse:
    """Note that the case was typed into the core system by hand."""
    try:
        hand_overs.settle(_seen(request, public_id), by=user_of(request))
    except StaleState as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("手作業で処理済みにしました。"))
    return redirect("counter:hand_overs")


def _some(user: User, outcome: HandOverOutcome) -> Cut[HandOver]:
    return cut(visible_hand_overs(user, HandOver.objects.filter(outcome=outcome)).order_by("id"), DESK_SHOWS)


def _seen(request: HttpRequest, public_id: str) -> HandOver:
    """The case as the person at the screen saw it: an old page changes nothing (StaleState). 404 for strangers."""
    row = get_object_or_404(visible_hand_overs(user_of(request), HandOver.objects.filter(public_id=public_id)))
    seen = request.POST.get("times", "")
    row.times = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else 0
    return row
