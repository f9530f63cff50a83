"""What differs between two forms, in words: fields that came, went, moved or changed, with the old and the new."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.definition import LANGUAGES, DefinitionError, document_of, parse
from applications.designer.labels import Labels
from applications.designer.places import Document, Place, kind_of, places
from applications.designer.sentences import condition_sentence, value_sentence
from applications.designer.words import CHARSET_WORDS, SETTING_WORDS

_MOST = 120
"""Characters of a value that a line shows."""


@dataclass(frozen=True)
class SettingChange:
    """One setting with what it was and is."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class FormChange:
    """One field or section. `kind` is added, removed, changed or moved."""

    kind: str
    label: str
    about: str = ""
    settings: tuple[SettingChange, ...] = ()


def canonical(document: Document) -> Document:
    """The document as publishing would write it, defaults and all; one with mistakes as it is."""
    try:
        return document_of(parse(document))
    except DefinitionError:
        return document


def differences(old: Document | None, new: Document) -> list[FormChange]:
    """Sections first, then fields in the order of the new form, then what is gone."""
    old, new = canonical(old) if old else {"pages": []}, canonical(new)
    return [*_page_changes(old, new), *_field_changes(old, new), *_moves(old, new), *_translation_changes(old, new)]


def _page_changes(old: Document, new: Document) -> Iterator[FormChange]:
    before = {page["key"]: page for page in old["pages"]}
    after = {page["key"]: page for page in new["pages"]}
    for key, page in after.items():
        label = _("セクション「%(title)s」") % {"title": page.get("title", "")}
        if key not in before:
            yield FormChange("added", label)
        elif settings := _settings(before[key], page, Labels.of(old), Labels.of(new)):
            yield FormChange("changed", label, settings=settings)
    for key, page in before.items():
        if key not in after:
            yield FormChange("removed", _("セクション「%(title)s」") % {"title": page.get("title", "")})


def _field_changes(old: Document, new: Document) -> Iterator[FormChange]:
    before, after = _by_path(old), _by_path(new)
    labels = Labels.of(old), Labels.of(new)
    for path, place in after.items():
        if path not in before:
            yield FormChange("added", _named(place), str(kind_of(place.field).label))
        elif settings := _settings(before[path].field, place.field, *labels, group=_group(place)):
            yield FormChange("changed", _named(place), settings=settings)
    for path, place in before.items():
        if path not in after:
            yield FormChange("removed", _named(place), str(kind_of(place.field).label))


def _moves(old: Document, new: Document) -> Iterator[FormChange]:
    before, after = _by_path(old), _by_path(new)
    for path, place in after.items():
        if path in before and before[path].page["key"] != place.page["key"]:
            title = place.page.get("title", "")
            yield FormChange("moved", _named(place), _("セクション「%(title)s」へ") % {"title": title})
    same = [[path for path in side if path in before and path in after] for side in (before, after)]
    if same[0] != same[1]:
        yield FormChange("moved", _("項目の順番"))


def _translation_changes(old: Document, new: Document) -> Iterator[FormChange]:
    before, after = old.get("translations", {}), new.get("translations", {})
    for language, name in LANGUAGES.items():
        was, now = before.get(language, {}), after.get(language, {})
        count = sum(was.get(place) != now.get(place) for place in {*was, *now})
        if count:
            label = _("訳（%(language)s）") % {"language": name}
            yield FormChange("changed", label, _("%(count)s箇所") % {"count": count})


def _by_path(document: Document) -> dict[str, Place]:
    return {place.path: place for place in places(document)}


def _settings(
    old: Mapping[str, Any], new: Mapping[str, Any], before: Labels, after: Labels, *, group: str = ""
) -> tuple[SettingChange, ...]:
    names = [name for name in SETTING_WORDS if name not in ("fields", "key") and old.get(name) != new.get(name)]
    return tuple(
        SettingChange(
            str(SETTING_WORDS[name]),
            _words(name, old.get(name), before, group),
            _words(name, new.get(name), after, group),
        )
        for name in names
        # two spellings of one value, or values alike up to where a line is cut
        if _words(name, old.get(name), before, group) != _words(name, new.get(name), after, group)
    )


def _words(name: str, value: Any, labels: Labels, group: str) -> str:
    """The value of a setting as a person reads it, shortened."""
    if value in (None, "", [], False):
        return _("（なし）")
    match name:
        case "visible_when" | "required_when":
            text = condition_sentence(value, labels, group=group)
        case "value":
            text = value_sentence(value, labels, group=group)
        case "options":
            text = "、".join(str(option.get("label", "")) for option in value)
        case "accept":
            text = "、".join(map(str, value))
        case "charset":
            text = str(CHARSET_WORDS.get(str(value), value))
        case "type":
            text = str(kind_of({"type": value}).label)
        case _:
            text = _("はい") if value is True else str(value)
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def _named(place: Place) -> str:
    label = _("項目「%(label)s」") % {"label": place.field.get("label") or place.field["key"]}
    if place.group is None:
        return label
    return _("「%(group)s」の中の%(field)s") % {"group": place.group.get("label", ""), "field": label}


def _group(place: Place) -> str:
    return str(place.group["key"]) if place.group else ""
