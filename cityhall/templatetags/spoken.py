"""Words of forms, records and people on a page of another language: marked, so that they are read aloud rightly."""

import re
from typing import Protocol

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import conditional_escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cityhall.days_in_words import is_in_japanese
from cityhall.models import Department

register = template.Library()
_JAPANESE = re.compile(r"[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")
_LATIN = re.compile(r"[A-Za-z]")
_SOURCE = "ja"


class Named(Protocol):
    """What has its name in several languages."""

    def name_in(self, language: str | None) -> str: ...


@register.simple_tag
def written_in() -> str:
    """What the page is written in, for `lang`: easy Japanese is Japanese."""
    return _SOURCE if is_in_japanese() else get_language() or _SOURCE


@register.filter
def said(text: object) -> SafeString:
    """Words that come from forms, records and people, marked where they are Japanese on a page of another language."""
    shown = conditional_escape(text if isinstance(text, str) else str(text))
    if is_in_japanese() or not is_japanese(strip_tags(shown)):
        return shown
    return format_html('<span lang="ja">{}</span>', shown)


@register.filter
def name_said(row: Named) -> SafeString:
    """The name of a department, a place or the city in the language of the page, marked where it is Japanese."""
    return said(row.name_in(get_language())) if row else SafeString("")


@register.filter
def name_in(row: Named, language: str) -> SafeString:
    """The name in a language, on a page that is written in several: each says which it is."""
    name = row.name_in(language) if row else ""
    written = _SOURCE if language == "ja-easy" or is_japanese(name) else language
    return format_html('<span lang="{}">{}</span>', written, name)


@register.filter
def place_said(department: Department) -> SafeString:
    """Where a department is, in the same way."""
    return said(department.place_in(get_language()))


@register.filter
def paragraphs_said(text: str) -> SafeString:
    """A text of several paragraphs, each marked with what it is written in: consents stand there in two languages."""
    paragraphs = (one for one in text.replace("\r\n", "\n").split("\n\n") if one.strip())
    return format_html_join("\n", '<p lang="{}">{}</p>', ((lang_of(one), linebreaksbr(one)) for one in paragraphs))


@register.filter
def lang_of(text: object) -> str:
    """What a text is written in, for `lang`: the language of the page, or Japanese where it has no words of it."""
    language = written_in()
    return _SOURCE if language != _SOURCE and is_japanese(strip_tags(str(text))) else language


def is_japanese(text: str) -> bool:
    """Whether most letters are Japanese: a word such as 削除 inside an English sentence does not make it so."""
    count = len(_JAPANESE.findall(text))
    return count > 0 and count >= len(_LATIN.findall(text))
