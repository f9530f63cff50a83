"""Which procedures: found by life event or words, brought from a guide, taken out again."""

from http import HTTPMethod, HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.models import Procedure
from applications.queries.finding import Filters, look_up
from applications.search_form import ProcedureSearchForm
from applications.views.guide.walk import told_here
from cityhall.access import public
from cityhall.errors import DomainError, StaleState
from cityhall.rate_limits import is_within_limit
from counter import codes, prefill_cookie
from counter.elsewhere import elsewhere_among, elsewhere_of, formless_of, note_elsewhere, note_formless
from counter.errors import NoSuchPrefill, NothingChosen, TooManyProcedures
from counter.home import Home, choose
from counter.queries.offered import offered_by_key, offered_in_order, offered_pks
from counter.services.prefills import MAX_PROCEDURES
from counter.views.home.opening import READ_OR_SEND, ended_page, may_change, opened_here, person, slow_down

MADE: Final = {"times": 60, "seconds": 3600}
"""New prefills of one address, which many share on mobile lines."""
PAGE_SIZE: Final = 30
TRIED: Final = "tried"
"""In the address once a token was given to the browser: without one then, it takes no cookies."""


@public
@never_cache
@require_http_methods(READ_OR_SEND)
def home_choose(request: HttpRequest) -> HttpResponse:
    """What is chosen, and what else there is; sent, it adds to what is chosen, also what a guide brings along."""
    if request.method == HTTPMethod.POST:
        return _add(request)
    if not prefill_cookie.token_of(request):
        return _first_visit(request)
    try:
        home = opened_here(request)
    except NoSuchPrefill as error:
        return ended_page(request, error)
    return _show(request, home)


@public
@require_POST
def home_remove(request: HttpRequest) -> HttpResponse:
    """Take one out again; its own answers go with it. The last one goes by deleting the whole."""
    return _take_out(request, is_again=False)


def _take_out(request: HttpRequest, *, is_again: bool) -> HttpResponse:
    try:
        home = opened_here(request)
    except NoSuchPrefill as error:
        return ended_page(request, error)
    key = request.POST.get("procedure", "")
    left = [one for one in home.procedures if one.key != key] if home else []
    if home and not left:
        messages.info(request, _("手続は一つ以上必要です。すべてやめるときは、「内容を削除する」を選んでください。"))
    elif home and len(left) < len(home.procedures):
        return _remove(request, home, left, is_again=is_again)
    return redirect(_address(request.POST))


def _remove(request: HttpRequest, home: Home, left: list[Procedure], *, is_again: bool) -> HttpResponse:
    if not may_change(request, home.token):
        return slow_down(request, _("操作が続いています。10分ほどおいてから、もう一度お試しください。"))
    try:
        new = choose(home, left, token=home.token, user=person(request))
    except StaleState as error:
        if not is_again:
            # another window was faster by a moment: it is taken out of what that left
            return _take_out(request, is_again=True)
        messages.warning(request, str(error))
    except NoSuchPrefill as error:
        return ended_page(request, error)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("手続を一つ外しました。"))
        for note in new.notes:
            messages.warning(request, note)
    return redirect(_address(request.POST))


def _add(request: HttpRequest) -> HttpResponse:
    """The token of a prefill that is over makes room for a new one: a guide may lead here any time."""
    try:
        home = opened_here(request)
        token = prefill_cookie.token_of(request) or codes.new_token()
    except NoSuchPrefill:
        home, token = None, codes.new_token()
    before = home.procedures if home else []
    asked = request.POST.getlist("procedure")
    wanted = offered_by_key([*(one.key for one in before), *asked])
    if not asked and not (home and request.POST.get("then") == "questions"):
        return _show(request, home, problem=str(NothingChosen()))
    if home is None and not is_within_limit(request, "prefill-made", **MADE):
        return slow_down(request, _("事前入力の開始が続いています。しばらくおいてから、もう一度お試しください。"))
    if not may_change(request, token):
        return slow_down(request, _("操作が続いています。10分ほどおいてから、もう一度お試しください。"))
    note_formless(request.session, request.POST.getlist("formless"))
    if len({one.key for one in before} | set(asked)) > len(wanted):
        note_elsewhere(request.session, elsewhere_among(asked))
    return _chosen(request, home, wanted, token)


def _chosen(request: HttpRequest, home: Home | None, wanted: list[Procedure], token: str) -> HttpResponse:
    is_practice = request.POST.get("practice") == "1"
    try:
        new = choose(
            home,
            wanted[:MAX_PROCEDURES],
            token=token,
            user=person(request),
            is_practice=is_practice,
            told=_told(request),
        )
    except StaleState:
        # another window was faster by a moment: this adds to what that left
        return _add(request)
    except NoSuchPrefill as error:
        # read at a desk at this very moment
        return ended_page(request, error)
    except DomainError as error:
        # withdrawn since the page was made
        return _show(request, home, problem=str(error))
    for note in new.notes:
        messages.warning(request, note)
    if len(wanted) > MAX_PROCEDURES:
        messages.warning(request, str(TooManyProcedures()))
    is_ready = request.POST.get("then") == "questions"
    response = redirect("counter:home_page", 1) if is_ready else redirect(_address(request.POST))
    prefill_cookie.put(response, token)
    return response


def _told(request: HttpRequest) -> dict[str, str]:
    """What was answered in the guide that leads here; the page names the guide, the session has the answers."""
    key = request.POST.get("guide", "")
    return told_here(request, key) if key else {}


def _first_visit(request: HttpRequest) -> HttpResponse:
    """Give the browser a token and see whether it comes back; one that takes no cookies is told before it types."""
    if TRIED in request.GET:
        return render(request, "counter/home/no_cookies.html", {"retry": _address(request.GET)})
    query = request.GET.copy()
    query[TRIED] = "1"
    response = redirect(f"{reverse('counter:home_choose')}?{query.urlencode()}")
    prefill_cookie.put(response, codes.new_token())
    return response


def _address(sent: QueryDict, *, after: int = 0) -> str:
    """The list as it was filtered."""
    query: dict[str, Any] = {name: sent[name] for name in ("q", "event", "practice") if sent.get(name)}
    query |= {"after": after} if after else {}
    address = reverse("counter:home_choose")
    return f"{address}?{urlencode(query)}" if query else address


def _show(request: HttpRequest, home: Home | None, *, problem: str = "") -> HttpResponse:
    sent = request.POST if request.method == HTTPMethod.POST else request.GET
    filters = ProcedureSearchForm(sent).filters()
    chosen = home.procedures if home else []
    pks = [pk for pk in offered_pks(filters) if pk not in {one.pk for one in chosen}]
    start = _start(sent.get("after", ""), len(pks))
    end = start + PAGE_SIZE
    context = {
        "home": home,
        "chosen": chosen,
        "elsewhere": elsewhere_of(request.session),
        "formless": formless_of(request.session),
        "filters": filters,
        "events": [one for one in look_up(Filters()).life_events if one.count],
        "found": offered_in_order(pks[start:end]),
        "total": len(pks),
        "next_url": _address(sent, after=end) if end < len(pks) else "",
        "first_url": _address(sent) if start else "",
        "is_full": len(chosen) >= MAX_PROCEDURES,
        "most": MAX_PROCEDURES,
        "problem": problem,
        "is_practice": home.prefill.is_practice if home else sent.get("practice") == "1",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "counter/home/choose.html", context, status=status)


def _start(after: str, total: int) -> int:
    """How many rows the page before ended at. What cannot be is the first page."""
    is_number = after.isascii() and after.isdigit() and len(after) <= len(str(total))
    return int(after) if is_number and int(after) < total else 0
