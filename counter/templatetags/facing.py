"""What the pages of the tablet turned round need to be read in the resident's language."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from applications.definition import form_of
from applications.definition.translating import NAME
from cityhall.templatetags.spoken import lang_of, said, written_in
from counter.forms import Chosen
from reservations.hall.languages import EASY, JAPANESE, LANGUAGES

register = template.Library()
register.simple_tag(written_in)
register.filter(said)
register.filter(lang_of)


@register.filter
def name_read(chosen: Chosen) -> SafeString:
    """The name of a procedure as its form says it in the language of the page, else in Japanese."""
    words = form_of(chosen.form_version).translations.get(get_language() or JAPANESE, {})
    return said(words.get(NAME, chosen.procedure.name))


@register.simple_tag
def is_translated() -> bool:
    """Whether the page is read in another language than the pages around it, easy Japanese included."""
    return (get_language() or JAPANESE) != JAPANESE


@register.simple_tag
def reading_languages() -> list[dict[str, Any]]:
    """Every language of the hall, named in itself."""
    current = get_language() or JAPANESE
    return [
        {"code": code, "written": JAPANESE if code == EASY else code, "name": name, "is_current": code == current}
        for code, name in LANGUAGES.items()
    ]
