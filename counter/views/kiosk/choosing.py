"""The first pages of the tablet: a clean beginning, and what somebody came for."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.models import LifeEvent
from cityhall.enums import DeviceKind
from cityhall.errors import DomainError
from cityhall.machines import device_only
from cityhall.rate_limits import is_within_limit
from counter import codes
from counter.home import Home, choose
from counter.kiosk import cookie
from counter.kiosk.entry import Entry, entry_of
from counter.kiosk.names import event_named, named
from counter.queries.offered import offered, offered_by_key
from counter.services import prefills
from counter.services.prefills.entering import hold, is_finished
from counter.views.kiosk.opening import READ_OR_SEND, gone, languages, show, typed_here

BUTTONS: Final = 6
"""So many choices on one page: larger ones are found and hit by everybody."""
ALL: Final = "all"
"""Stands for every life event; no life event is called so."""
STARTS: Final = {"times": 30, "seconds": 60}


@device_only(DeviceKind.KIOSK)
@require_safe
def entry_start(request: HttpRequest) -> HttpResponse:
    """Where everybody begins, and where the one before is wiped: what was finished alone waits for the desk."""
    entry = entry_of(request)
    _wipe(request)
    response = show(request, entry, "start", {"languages": languages(entry)})
    cookie.drop(response)
    return response


@device_only(DeviceKind.KIOSK)
@require_POST
def entry_begin(request: HttpRequest) -> HttpResponse:
    """A token of one's own. Pressed twice, the second one counts."""
    entry = entry_of(request)
    _wipe(request)
    if not is_within_limit(request, "kiosk-entry", **STARTS):
        messages.warning(request, entry.texts["too_often"])
        return redirect(entry.url("start"))
    response = redirect(entry.url("choose"))
    cookie.put(response, codes.new_token())
    return response


@device_only(DeviceKind.KIOSK)
@require_POST
def entry_wipe(request: HttpRequest) -> HttpResponse:
    """Nobody touched the tablet, or somebody stops: nothing stays on it. Twice is harmless."""
    entry = entry_of(request)
    if _wipe(request):
        messages.info(request, entry.texts["wiped"])
    response = redirect(entry.url("start"))
    cookie.drop(response)
    return response


@device_only(DeviceKind.KIOSK)
@require_http_methods(READ_OR_SEND)
def entry_choose(request: HttpRequest) -> HttpResponse:
    """Life events, then the procedures of one; each button adds one or takes it out again."""
    entry = entry_of(request)
    if not cookie.token_of(request):
        return gone(request, entry)
    home = typed_here(request)
    if request.method == "POST":
        return _choose(request, entry, home)
    key = request.GET.get("event", "")
    page = _procedures(request, key) if key else _events(request)
    context = {
        "chosen": [one.pk for one in home.procedures] if home else [],
        "chosen_names": named(home.procedures, entry.language) if home else [],
        "notes": home.notes if home else (),
        "event": key,
        "page": page,
        "events": []
        if key
        else [(*event_named(one, entry.language), entry.url("choose", event=one.key)) for one in page.object_list],
        "procedures": named(page.object_list, entry.language) if key else [],
        "more_url": _more(entry, key, page),
        "all_url": entry.url("choose", event=ALL),
        "questions_url": entry.url("page", home.filling.shown[0])
        if home and home.filling.shown
        else entry.url("check"),
    }
    return show(request, entry, "choose", context)


def _choose(request: HttpRequest, entry: Entry, home: Home | None) -> HttpResponse:
    before = [one.key for one in home.procedures] if home else []
    added, removed = request.POST.get("add", ""), request.POST.get("remove", "")
    wanted = [key for key in [*before, added] if key and key != removed]
    again = redirect(entry.url("choose", **_place_in_list(request)))
    if wanted == before or (added in before):
        return again
    token = cookie.token_of(request)
    if not wanted:
        # the last one: what was typed for it goes with it
        prefills.delete(token=token)
        cookie.put(again, codes.new_token())
        return again
    try:
        with transaction.atomic():
            new = choose(home, offered_by_key(wanted), token=token, user=None, is_practice=entry.place.is_practice)
            hold(new.prefill, language=entry.language)
    except DomainError as error:
        with translation.override(entry.language):
            messages.warning(request, str(error))
    return again


def _place_in_list(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST[name] for name in ("event", "page") if request.POST.get(name)}


def _more(entry: Entry, key: str, page: Page[Any]) -> str:
    """The next page of the list, the first one after the last; "" when there is one page."""
    if not page.has_other_pages():
        return ""
    query = {"event": key} if key else {}
    return entry.url("choose", page=str(page.next_page_number() if page.has_next() else 1), **query)


def _events(request: HttpRequest) -> Page[Any]:
    rows = LifeEvent.objects.filter(procedures__in=offered().values("pk")).distinct()
    return Paginator(rows, BUTTONS).get_page(request.GET.get("page"))


def _procedures(request: HttpRequest, key: str) -> Page[Any]:
    rows = offered() if key == ALL else offered().filter(life_events__key=key)
    return Paginator(rows.order_by("name_kana", "pk"), BUTTONS).get_page(request.GET.get("page"))


def _wipe(request: HttpRequest) -> bool:
    """Delete what somebody left unfinished; whether there was anything. What is finished waits for the desk."""
    home = typed_here(request)
    if home is None or is_finished(home.prefill):
        return False
    return prefills.delete(token=home.token)
