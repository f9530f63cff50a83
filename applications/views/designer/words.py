"""The words of a form in other languages: one table a language, beside the Japanese ones."""

from dataclasses import dataclass
from functools import partial
from http import HTTPMethod
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.definition import LANGUAGES, places_of
from applications.definition.translating import NAME, reason_against
from applications.designer.operations import set_words
from applications.designer.showing import shown_form
from applications.designer.words_table import IN_JAPANESE
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.services.designing import change_design
from applications.views.designer.common import document_of, procedure_or_404, seen_revision, show, staff
from applications.views.designer.listing import READ_OR_SEND
from cityhall.access import staff_only
from cityhall.errors import DomainError

_FIRST: Final = "ja-easy"
_LONG: Final = 40
"""Characters from which on a text gets a box of several lines."""


@dataclass(frozen=True)
class Line:
    """One place of the form: the Japanese words, those of the language, and what is wrong with them."""

    place: str
    japanese: str
    words: str
    error: str = ""

    @property
    def id(self) -> str:
        return "words-" + "".join(letter if letter.isalnum() else "-" for letter in self.place)

    @property
    def is_long(self) -> bool:
        return len(self.japanese) > _LONG


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_words(request: HttpRequest, key: str) -> HttpResponse:
    """Every text of the form with its words in one language. A blank is shown in Japanese. Part of the form in work."""
    procedure = procedure_or_404(request, key)
    language = request.GET.get("lang", _FIRST)
    if language not in LANGUAGES:
        return redirect("applications:design_words", key=key)
    if request.method != HTTPMethod.POST:
        return _page(request, procedure, language, _lines(procedure, language))
    lines = _lines(procedure, language, request)
    refusal = "" if any(one.error for one in lines) else _save(request, procedure, language, lines)
    if refusal or any(one.error for one in lines):
        # the newest form, with what was typed
        return _page(request, procedure_or_404(request, key), language, lines, refusal)
    messages.success(request, _("訳を保存しました。新しい版を公開すると、画面に出ます。"))
    return redirect(f"{reverse('applications:design_words', args=[key])}?lang={language}")


def _save(request: HttpRequest, procedure: Procedure, language: str, lines: list[Line]) -> str:
    """Keep the words; why not, where somebody was faster."""
    words = {one.place: one.words for one in lines if one.words}
    if words == document_of(procedure).get("translations", {}).get(language, {}):
        return ""
    try:
        change_design(
            procedure=procedure,
            expected_revision=seen_revision(request),
            operation=partial(set_words, language=language, words=words),
            by=staff(request),
        )
    except DomainError as error:
        return str(error)
    return ""


def _lines(procedure: Procedure, language: str, request: HttpRequest | None = None) -> list[Line]:
    """All places, with what is kept or was just sent."""
    document = document_of(procedure)
    kept = document.get("translations", {}).get(language, {})
    said = [(NAME, procedure.name), *places_of(shown_form(document))]
    if request is None:
        return [Line(place, text, str(kept.get(place, ""))) for place, text in said]
    sent = [(place, text, request.POST.get(f"w-{place}", "").replace("\r\n", "\n").strip()) for place, text in said]
    return [Line(place, text, new, reason_against(place, new, text) if new else "") for place, text, new in sent]


def _page(
    request: HttpRequest, procedure: Procedure, language: str, lines: list[Line], refusal: str = ""
) -> HttpResponse:
    missing = sum(not one.words for one in lines)
    context = {
        "lines": lines,
        "errors": [one for one in lines if one.error],
        "refusal": refusal,
        "language": language,
        "language_name": IN_JAPANESE[language],
        "written": "ja" if language == _FIRST else language,
        "languages": [(code, own, IN_JAPANESE[code]) for code, own in LANGUAGES.items()],
        "missing": missing,
        "total": len(lines),
    }
    return show(request, "words.html", procedure, context)
