"""The way into every page of the tablet: its place and language, and what is typed so far."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from applications.definition.translating import NAME
from counter.errors import NoSuchPrefill
from counter.form_pages import Filling
from counter.forms import combined_of
from counter.home import Home, open_home, save
from counter.kiosk import cookie
from counter.kiosk.entry import Entry, entry_of
from counter.services.prefills.entering import hold
from reservations.hall.languages import EASY, JAPANESE, LANGUAGES, known

P = ParamSpec("P")
READ_OR_SEND: Final = ["GET", "HEAD", "POST"]
PAGES: Final = ("start", "begin", "wipe", "choose", "check", "finish", "done", "ticket")
SECONDS: Final = 90
"""Without a touch; then what was typed is wiped."""
WARNED: Final = 20
"""So many of them are counted on the screen."""


def with_typed(view: Callable[Concatenate[HttpRequest, Entry, Home, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the tablet and what is typed into it. Where nothing is any more, back to the first page."""

    @wraps(view)
    def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        entry = entry_of(request)
        home = typed_here(request)
        if home is None:
            return gone(request, entry)
        if not home.chosen:
            return redirect(entry.url("choose"))
        # words of the controls, and what is wrong with an answer
        with translation.override(entry.language):
            return view(request, entry, home, *args, **kwargs)

    return opened


def typed_here(request: HttpRequest) -> Home | None:
    """What is typed so far; None before the first procedure, and when it was wiped.

    Shown in the language of the page; what is kept, supposed and carried to another form is of the Japanese one.
    """
    token = cookie.token_of(request)
    try:
        home = open_home(token) if token else None
    except NoSuchPrefill:
        return None
    language = known(request.GET.get("lang", ""))
    return _in_language(home, language) if home and home.chosen and language != JAPANESE else home


def _in_language(home: Home, language: str) -> Home:
    """The same answers under the words of another language: keys and values are those of the Japanese form."""
    return replace(home, filling=replace(home.filling, words=combined_of(home.chosen, language=language)))


def gone(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Wiped, or never begun: the first page says so."""
    messages.info(request, entry.texts["gone"])
    return redirect(entry.url("start"))


def keep(home: Home, filling: Filling, entry: Entry) -> Home:
    """Keep what was typed, for as long as somebody goes on. Raises what became of the prefill, StaleState."""
    with transaction.atomic():
        kept = save(home, filling, user=None)
        hold(kept.prefill, language=entry.language)
    return kept


def show(
    request: HttpRequest, entry: Entry, name: str, context: dict[str, Any], *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """One of the tablet's pages with what all of them need; never kept by the browser."""
    common = {
        "entry": entry,
        "t": entry.texts,
        "html_lang": entry.html_lang,
        "form_lang": entry.html_lang if home_in(context, entry.language) else JAPANESE,
        "urls": {page: entry.url(page) for page in PAGES},
        "seconds": SECONDS,
        "warned": WARNED,
    }
    # words of the parts that other pages have, too
    with translation.override(entry.language):
        response = render(request, f"counter/kiosk/{name}.html", {**common, **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def home_in(context: dict[str, Any], language: str) -> bool:
    """Whether the forms of a page have words of the language beside their name; otherwise they are in Japanese."""
    home = context.get("home")
    parts = home.filling.combined.parts if isinstance(home, Home) else ()
    return any(part.form.translations.get(language, {}).keys() - {NAME} for part in parts)


def languages(entry: Entry) -> list[dict[str, Any]]:
    """Every language, named in itself."""
    return [
        {"code": code, "html": JAPANESE if code == EASY else code, "name": name, "is_current": code == entry.language}
        for code, name in LANGUAGES.items()
    ]
