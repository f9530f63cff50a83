"""The questions of a visit: what is still to be asked, and every page with its sources. Works without JavaScript."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.definition import Page
from applications.typed import Typed
from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState
from counter.entries import Entries
from counter.enums import Source, VisitState
from counter.form_pages import Taken
from counter.form_pages import take as take_page
from counter.forms_certificates import SuperiorForm
from counter.queries.renewals import outdated
from counter.queries.visits import chosen_procedures
from counter.services import visits
from counter.services.visits.reviewing import NotComplete
from counter.views.desk.asking import MISSING, REQUEST_KEY, Screen
from counter.views.desk.common import SERVE, attempt, to_present, user_of, visit_or_404
from reservations.hall.languages import JAPANESE, LANGUAGES

_METHODS = ["GET", "HEAD", "POST"]


@staff_only(SERVE)
@never_cache
@require_http_methods(_METHODS)
def visit_missing(request: HttpRequest, public_id: str) -> HttpResponse:
    """Only what is missing, on one page, in an order one can speak aloud."""
    screen = Screen(request, visit_or_404(request, public_id), user_of(request))
    with translation.override(screen.language):
        return _missing_page(screen)


def _missing_page(screen: Screen) -> HttpResponse:
    request = screen.request
    if request.method == "POST":
        return _receive(screen, MISSING)
    if screen.visit.state != VisitState.FILLING:
        return to_present(screen.visit)
    asking = screen.of_missing(with_optional="all" in request.GET)
    # who was sent back here by a button has answered something already: what is wrong with it is said
    form = asking.page_form(MISSING, is_checked="check" in request.GET)
    return screen.show(asking, MISSING, form)


@staff_only(SERVE)
@never_cache
@require_http_methods(_METHODS)
def visit_page(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """One page of the combined form; beside each question what the other sources say."""
    screen = Screen(request, visit_or_404(request, public_id), user_of(request))
    numbers = {page.key: number for number, page in enumerate(screen.combined.form.pages, start=1)}
    if key not in numbers:
        raise Http404
    with translation.override(screen.language):
        return _numbered_page(screen, numbers[key])


def _numbered_page(screen: Screen, number: int) -> HttpResponse:
    request = screen.request
    if request.method == "POST":
        return _receive(screen, number)
    if screen.visit.state != VisitState.FILLING:
        return to_present(screen.visit)
    opened = request.GET.getlist("open")
    form = screen.asking.page_form(number, opened=opened, is_checked="check" in request.GET)
    return screen.show(screen.asking, number, form)


@staff_only(SERVE)
@require_POST
def visit_renew(request: HttpRequest, public_id: str) -> HttpResponse:
    """Carry the answers over to forms that the city published meanwhile."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    if attempt(request, visit, lambda: visits.renew(visit, user), is_so=lambda: not outdated(chosen_procedures(visit))):
        messages.success(request, _("新しい様式に引き継ぎました。印の付いた質問を確かめてください。"))
    return to_present(visit)


def _receive(screen: Screen, number: int) -> HttpResponse:
    """Keep what was sent, right or wrong, then do what the button says."""
    visits.with_own_typing(screen.visit, screen.request.POST.get(REQUEST_KEY, ""))
    taken = take_page(screen.asking, number, screen.request.POST)
    page = screen.asking.page(number)
    typed = {one.key: taken.filling.values[one.key] for one in page.fields if one.key in taken.filling.values}
    try:
        visits.save_page(
            screen.visit,
            page=page,
            typed=typed,
            source=screen.source,
            by=screen.user,
            is_settled=not taken.stays,
            stale=screen.asking.stale_in(taken.filling, number),
        )
    except StaleState:
        return _overtaken(screen, number, typed)
    if taken.stays:
        again = Screen(screen.request, screen.visit, screen.user)
        return again.show(again.asking, number, taken.form, fresh=taken.fresh)
    return _leave(screen, number, taken)


def _overtaken(screen: Screen, number: int, typed: Typed) -> HttpResponse:
    """Another tablet was faster: nothing is overwritten until somebody saw it. What was typed stays on the page."""
    screen.visit.refresh_from_db()
    again = Screen(screen.request, screen.visit, screen.user)
    page = again.asking.page(number) if again.asking.has_page(number) else None
    if page is None:
        # the page it leads to is for staff
        with translation.override(JAPANESE):
            messages.warning(screen.request, str(StaleState()))
        return to_present(screen.visit)
    if _is_there(screen, page, typed):
        # the same button pressed twice
        return to_present(screen.visit)
    mine = again.asking.with_page(number, typed)
    return again.show(again.asking, number, mine.page_form(number), stale=True)


def _is_there(screen: Screen, page: Page, typed: Typed) -> bool:
    held = screen.visit.values
    return all((typed.get(one.key) or None) == (held.get(one.key) or None) for one in page.fields)


def _leave(screen: Screen, number: int, taken: Taken) -> HttpResponse:
    """Where the button leads."""
    action, _colon, argument = str(screen.request.POST.get("action") or "next").partition(":")
    match action:
        case "take":
            return _take(screen, number, argument)
        case "to":
            return redirect(_url(screen, argument))
        case "turn" | "speak":
            return _turn(screen, number, action, argument)
        case "review":
            return _to_review(screen)
        case "next" if number != MISSING and (onward := screen.asking.after(number)):
            return redirect(_url(screen, screen.asking.page(onward).key))
    return redirect(_url(screen, "missing"))


def _turn(screen: Screen, number: int, action: str, argument: str) -> HttpResponse:
    """The same page for the other reader, or in the language that was touched: it stays with the visit."""
    if action == "turn":
        return redirect(_url(screen, _key(screen, number), turned=argument == "resident"))
    if argument in LANGUAGES:
        visits.read_in(screen.visit, argument)
    return redirect(_url(screen, _key(screen, number)))


def _take(screen: Screen, number: int, argument: str) -> HttpResponse:
    """What another source says of a question comes into force."""
    key, _colon, name = argument.partition(":")
    if name in Source.values:
        source = Source(name)
        attempt(
            screen.request,
            screen.visit,
            lambda: visits.take(screen.visit, key=key, source=source, by=screen.user),
            is_so=lambda: Entries.of(screen.visit).sources.get(key) == source,
        )
    return redirect(f"{_url(screen, _key(screen, number))}#question-{key}")


def _to_review(screen: Screen) -> HttpResponse:
    visit = screen.visit
    try:
        visits.to_review(visit, screen.user, confirmed_by=SuperiorForm(screen.request.POST).name)
    except NotComplete as error:
        messages.warning(screen.request, str(error))
        return redirect(f"{_url(screen, 'missing')}?check=1")
    except DomainError as error:
        messages.warning(screen.request, str(error))
    return to_present(visit)


def _key(screen: Screen, number: int) -> str:
    return screen.asking.page(number).key


def _url(screen: Screen, key: str, *, turned: bool | None = None) -> str:
    """The address of a page of the form, or of what is missing; the tablet stays as it is turned."""
    public_id = screen.visit.public_id
    known = {page.key for page in screen.combined.form.pages}
    address = reverse("counter:visit_page", args=[public_id, key]) if key in known else _missing(public_id)
    is_turned = screen.is_turned if turned is None else turned
    return f"{address}?facing=resident" if is_turned else address


def _missing(public_id: str) -> str:
    return reverse("counter:visit_missing", args=[public_id])
