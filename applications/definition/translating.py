"""A form's words in other languages: kept in its document beside the Japanese ones, by the place they stand in.

A place is `<question>:<setting>`, `<group>.<question>:label`, `<question>:option.<value>`, `page.<page>:title`, or
`form:name` for the procedure's own name. What has no words of a language is shown in Japanese.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext as _

from applications.definition.errors import DefinitionError, Problem
from applications.definition.model import Field, Form, Page, Translations
from cityhall.languages import LANGUAGES

NAME: Final = "form:name"
"""The place of the procedure's name, which is no part of the form."""
MOST_OF_A_LABEL: Final = 300
MOST_OF_A_TEXT: Final = 4000
_WHERE: Final = "translations"
_SETTINGS: Final = ("label", "help", "text", "consent_text", "unit", "row_title")
_LONG: Final = frozenset({"help", "text", "consent_text", "intro"})
_PLACEHOLDER = re.compile(r"\(\(\w+\)\)")


def places_of(form: Form) -> Iterator[tuple[str, str]]:
    """Every place with its Japanese words, in the order of the form; the name of the procedure is not among them."""
    for page in form.pages:
        yield f"page.{page.key}:title", page.title
        if page.intro:
            yield f"page.{page.key}:intro", page.intro
        for field in page.fields:
            yield from _field_places(field, field.key)
            for one in field.fields:
                yield from _field_places(one, f"{field.key}.{one.key}")


def _field_places(field: Field, path: str) -> Iterator[tuple[str, str]]:
    for setting in _SETTINGS:
        text = getattr(field, setting)
        # a title that is names of questions alone has no words
        if _PLACEHOLDER.sub("", text).strip():
            yield f"{path}:{setting}", text
    for option in field.options:
        yield f"{path}:option.{option.value}", option.label


def localized(form: Form, language: str) -> Form:
    """The form in another language, Japanese where words are missing. Keys, values and rules stay as they are."""
    words = form.translations.get(language)
    return replace(form, pages=tuple(_page(page, words) for page in form.pages)) if words else form


def _page(page: Page, words: Mapping[str, str]) -> Page:
    return replace(
        page,
        title=words.get(f"page.{page.key}:title", page.title),
        intro=words.get(f"page.{page.key}:intro", page.intro),
        fields=tuple(_field(field, field.key, words) for field in page.fields),
    )


def _field(field: Field, path: str, words: Mapping[str, str]) -> Field:
    found: dict[str, Any] = {name: words.get(f"{path}:{name}", getattr(field, name)) for name in _SETTINGS}
    if found["consent_text"] != field.consent_text:
        # what is agreed to is the Japanese text
        found["consent_text"] = f"{found['consent_text']}\n\n{field.consent_text}"
    return replace(
        field,
        options=tuple(replace(one, label=words.get(f"{path}:option.{one.value}", one.label)) for one in field.options),
        fields=tuple(_field(one, f"{path}.{one.key}", words) for one in field.fields),
        **found,
    )


def missing_places(form: Form, language: str) -> list[str]:
    """Places without words in the language."""
    words = form.translations.get(language, {})
    return [place for place, _text in places_of(form) if place not in words]


def with_words(form: Form, words: Mapping[str, Mapping[str, str]], *, name: str = "") -> Form:
    """The form with translations of its Japanese words added (language → Japanese → words), where it has none."""
    said = [*places_of(form), *([(NAME, name)] if name else [])]
    found: dict[str, Mapping[str, str]] = dict(form.translations)
    for language, table in words.items():
        new = {place: table[text] for place, text in said if text in table} | dict(found.get(language, {}))
        if new:
            found[language] = new
    return replace(form, translations=found)


def read_translations(document: object, form: Form) -> Translations:
    """The translations of a definition document; words for places that the form does not have any more are left out.

    Raises DefinitionError with every mistake.
    """
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise DefinitionError(_WHERE, _("言語ごとの訳を、名前と値の組にしてください。"))
    said = dict(places_of(form))
    problems = [one for language, table in document.items() for one in _problems(language, table, said)]
    if problems:
        raise DefinitionError.of(tuple(problems))
    kept = {
        language: {place: text for place, text in table.items() if place in said or place == NAME}
        for language, table in document.items()
    }
    return {language: table for language, table in kept.items() if table}


def unknown_places(document: object, form: Form) -> list[str]:
    """Places of a definition document that the form does not have: misspelt in a file."""
    said = {place for place, _text in places_of(form)} | {NAME}
    tables = document.values() if isinstance(document, dict) else ()
    return sorted({str(place) for table in tables if isinstance(table, dict) for place in table if place not in said})


def _problems(language: object, table: object, said: Mapping[str, str]) -> Iterator[Problem]:
    if language not in LANGUAGES:
        yield Problem(_WHERE, _("知らない言語です: %(language)s") % {"language": language})
    elif not isinstance(table, dict):
        yield Problem(_WHERE, _("%(language)s の訳を、名前と値の組にしてください。") % {"language": language})
    else:
        for place, text in table.items():
            if reason := reason_against(str(place), text, said.get(str(place), "")):
                yield Problem(_WHERE, f"{language} {place}: {reason}")


def reason_against(place: str, text: object, japanese: str, *, most: int | None = None) -> str:
    """What is wrong with the words for a place; "" when nothing is. `most` characters, where not those of a form."""
    if not isinstance(text, str) or not text.strip():
        return _("訳を文字で書いてください。")
    if most is None:
        most = MOST_OF_A_TEXT if place.rpartition(":")[2] in _LONG else MOST_OF_A_LABEL
    if len(text) > most:
        return _("訳は%(most)s文字までにしてください。") % {"most": most}
    if japanese and sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(japanese)):
        return _("(( )) で囲んだ名前は、日本語と同じものを残してください。")
    return ""
