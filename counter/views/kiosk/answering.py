"""The pages of the combined form on the tablet, and everything once more. What is typed is kept at every press."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from applications.answers import display_rows
from applications.form_pages import Block, PageForm
from cityhall.enums import DeviceKind
from cityhall.errors import StaleState
from cityhall.machines import device_only
from counter.errors import NoSuchPrefill
from counter.form_pages import Taken, page_context, take
from counter.home import Home
from counter.kiosk.entry import Entry
from counter.kiosk.help_words import help_for
from counter.views.home.opening import may_change
from counter.views.kiosk.opening import READ_OR_SEND, gone, keep, languages, show, typed_here, with_typed


@device_only(DeviceKind.KIOSK)
@require_http_methods(READ_OR_SEND)
@with_typed
def entry_page(request: HttpRequest, entry: Entry, home: Home, number: int) -> HttpResponse:
    """One page of questions, each with how to answer it."""
    filling = home.filling
    if not filling.has_page(number) or number not in filling.shown:
        return redirect(_address(entry, filling.after(number) if filling.has_page(number) else None))
    if request.method == HTTPMethod.POST:
        return _receive(request, entry, home, number)
    form = filling.page_form(number, opened=request.GET.getlist("open"), is_checked="check" in request.GET)
    return _show(request, entry, home, number, form)


@device_only(DeviceKind.KIOSK)
@require_safe
@with_typed
def entry_check(request: HttpRequest, entry: Entry, home: Home) -> HttpResponse:
    """Every answer with a way to change it; what is missing is asked at the desk."""
    filling = home.filling.as_read
    addresses = {number: entry.url("page", number, check="1") for number in home.filling.shown}
    context = {
        "home": home,
        "sections": [(one, addresses[one.number]) for one in display_rows(filling.form, filling.checked.answers)],
        "problems": [(one, f"{addresses[one.page_number]}#{one.anchor}") for one in filling.checked.problems],
        "languages": [(one, replace(entry, language=one["code"]).url("check")) for one in languages(entry)],
        "previous_url": _address(entry, home.filling.shown[-1]) if home.filling.shown else entry.url("choose"),
    }
    return show(request, entry, "check", context)


def _receive(request: HttpRequest, entry: Entry, home: Home, number: int) -> HttpResponse:
    if request.POST.get("forms", home.mark) != home.mark:
        # a form was published while this page was open: what is kept is on the new one, this page is asked again
        for note in home.notes:
            messages.warning(request, note)
        return redirect(entry.url("check"))
    if not may_change(request, home.token):
        messages.warning(request, entry.texts["too_often"])
        return _show(request, entry, home, number, home.filling.page_form(number, data=request.POST))
    kept = _keep(request, entry, home, number)
    if kept is None:
        # wiped, or read at a desk, while this page was open
        return gone(request, entry)
    return _leave(request, entry, kept[0], number, kept[1])


def _keep(request: HttpRequest, entry: Entry, home: Home, number: int) -> tuple[Home, Taken] | None:
    """What was typed, kept; of a double tap the slower one on what the faster one left. None when there is nothing."""
    taken = take(home.filling, number, request.POST)
    try:
        return keep(home, taken.filling, entry), taken
    except NoSuchPrefill:
        return None
    except StaleState:
        fresh = typed_here(request)
        return _keep(request, entry, fresh, number) if fresh is not None else None


def _leave(request: HttpRequest, entry: Entry, home: Home, number: int, taken: Taken) -> HttpResponse:
    """Where the button leads: this page again with what is to be seen, or on."""
    filling = home.filling
    if taken.anchor:
        query = {"check": "1"} if "check" in request.GET else {}
        return redirect(f"{entry.url('page', number, open=taken.opened, **query)}#{taken.anchor}")
    if taken.stays:
        return _show(request, entry, home, number, taken.form, fresh=taken.fresh)
    if taken.action == "previous":
        before = filling.before(number)
        return redirect(_address(entry, before) if before else entry.url("choose"))
    return redirect(_address(entry, None if "check" in request.GET else filling.after(number)))


def _helped(blocks: Iterable[Block], entry: Entry) -> list[tuple[Block, str]]:
    """Each with the words that say how to answer it."""
    return [(block, help_for(block.field, entry.language)) for block in blocks]


def _address(entry: Entry, number: int | None) -> str:
    return entry.url("check") if number is None else entry.url("page", number)


def _show(
    request: HttpRequest, entry: Entry, home: Home, number: int, form: PageForm, *, fresh: Collection[str] = ()
) -> HttpResponse:
    filling = home.filling
    place = filling.shown.index(number) + 1
    context = page_context(filling, number, form, fresh=fresh)
    context |= {
        "home": home,
        "helped": _helped(context["asked"], entry),
        "addable_helped": _helped(context["addable"].blocks if context["addable"] else (), entry),
        "action": entry.url("page", number, **({"check": "1"} if "check" in request.GET else {})),
        "place": place,
        "places": len(filling.shown),
        "comes_from_check": "check" in request.GET,
    }
    return show(request, entry, "page", context)
