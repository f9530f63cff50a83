"""What the pages of the tablet turned round need to be read in the resident's language."""

import re
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from applications.definition import form_of
from applications.definition.translating import NAME
from counter.forms import Chosen
from reservations.hall.languages import EASY, JAPANESE, LANGUAGES

register = template.Library()
_JAPANESE = re.compile(r"[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")
_LATIN = re.compile(r"[A-Za-z]")


@register.simple_tag
def written_in() -> str:
    """What the page is written in, for `lang`: easy Japanese is Japanese."""
    language = get_language() or JAPANESE
    return JAPANESE if language == EASY else language


@register.filter
def said(text: object) -> SafeString:
    """Words that come from forms, records and people, marked where they are Japanese on a page of another language."""
    shown = conditional_escape(text if isinstance(text, str) else str(text))
    if written_in() == JAPANESE or not is_japanese(strip_tags(shown)):
        return shown
    return format_html('<span lang="ja">{}</span>', shown)


@register.filter
def lang_of(text: object) -> str:
    """What a text is written in, for `lang`: the language of the page, or Japanese where it has no words of it."""
    language = written_in()
    return JAPANESE if language != JAPANESE and is_japanese(strip_tags(str(text))) else language


def is_japanese(text: str) -> bool:
    """Whether most letters are Japanese: a word such as 削除 inside an English sentence does not make it so."""
    count = len(_JAPANESE.findall(text))
    return count > 0 and count >= len(_LATIN.findall(text))


@register.filter
def name_read(chosen: Chosen) -> SafeString:
    """The name of a procedure as its form says it in the language of the page, else in Japanese."""
    words = form_of(chosen.form_version).translations.get(get_language() or JAPANESE, {})
    return said(words.get(NAME, chosen.procedure.name))


@register.simple_tag
def reading_languages() -> list[dict[str, Any]]:
    """Every language of the hall, named in itself."""
    current = get_language() or JAPANESE
    return [
        {"code": code, "written": JAPANESE if code == EASY else code, "name": name, "is_current": code == current}
        for code, name in LANGUAGES.items()
    ]
