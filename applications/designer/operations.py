"""What a designer does to a form: each function takes a design and gives the next one; nothing is changed in place."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from applications.definition import KEY_PATTERN
from applications.designer.keys import highest_number, keys_beside, keys_of, renamed, renamed_words
from applications.designer.places import (
    Document,
    FieldDocument,
    NotThere,
    PageDocument,
    Place,
    kind_of,
    page_of,
    place_of,
    places,
)
from applications.enums import FieldType
from cityhall.errors import DomainError

UP, DOWN = -1, 1
MOST_DELETED = 10
"""Deletions that can be taken back."""
_LONGEST_KEY = 60


class DesignRefused(DomainError):
    """A change that would leave the document without sense."""

    code = "design_refused"


@dataclass(frozen=True)
class Design:
    """A form in work. `deleted` holds the last deletions, newest first; `key_count` the last number given to a key."""

    document: Document
    deleted: list[dict[str, Any]] = field(default_factory=list)
    key_count: int = 0

    def copied(self) -> "Design":
        """One whose document may be written to."""
        return replace(self, document=copy.deepcopy(self.document))


def next_key(design: Design, prefix: str = "q") -> tuple[Design, str]:
    """The design that has given out one key more, and the key."""
    number = max(design.key_count, highest_number(design.document)) + 1
    return replace(design, key_count=number), f"{prefix}{number}"


def add_page(design: Design, *, title: str) -> tuple[Design, str]:
    """A section at the end; its key."""
    design, key = next_key(design.copied(), "page_")
    design.document["pages"].append({"key": key, "title": title, "fields": []})
    return design, key


def change_page(design: Design, key: str, changes: dict[str, Any]) -> Design:
    """Set or, with None or an empty text, leave out settings of a section. Raises NotThere."""
    design = design.copied()
    _set(page_of(design.document, key), changes, kept=frozenset({"title"}))
    return design


def move_page(design: Design, key: str, step: int) -> Design:
    """One place up or down; at the end of the list nothing happens. Raises NotThere."""
    design = design.copied()
    pages = design.document["pages"]
    swap(pages, pages.index(page_of(design.document, key)), step)
    return design


def delete_page(design: Design, key: str) -> Design:
    """A section with its fields, which can be put back. Raises NotThere, DesignRefused for the only one."""
    design = design.copied()
    pages = design.document["pages"]
    page = page_of(design.document, key)
    if len(pages) == 1:
        raise DesignRefused(_("セクションは一つ以上必要です。先に別のセクションを追加してください。"))
    index = pages.index(page)
    pages.remove(page)
    label = _("セクション「%(title)s」") % {"title": page.get("title") or key}
    return _with_deletion(design, {"label": label, "page": page, "index": index})


def add_field(design: Design, *, page: str, kind: FieldType, label: str, group: str = "") -> tuple[Design, str]:
    """A field at the end of a section or group; its path. Raises NotThere."""
    design, key = next_key(design.copied())
    new = {"key": key, "type": kind.value, "label": label} | _starting_settings(kind)
    if group:
        place = place_of(design.document, group)
        place.field.setdefault("fields", []).append(new)
        return design, f"{group}.{key}"
    page_of(design.document, page)["fields"].append(new)
    return design, key


def _starting_settings(kind: FieldType) -> dict[str, Any]:
    """What a new field of the kind begins with, so that it can be looked at at once."""
    match kind:
        case FieldType.CONSENT:
            return {"required": True, "consent_version": "1"}
        case FieldType.ROWS:
            return {"fields": [], "max_rows": 10}
        case FieldType.FILE:
            return {"accept": ["image", "pdf"]}
        case _:
            return {}


def change_field(design: Design, path: str, changes: dict[str, Any]) -> Design:
    """Set or, with None or an empty value, leave out settings of a field. Raises NotThere."""
    design = design.copied()
    _set(place_of(design.document, path).field, changes, kept=frozenset({"key", "type", "label", "fields"}))
    return design


def rename_field(design: Design, path: str, key: str) -> tuple[Design, str]:
    """Give a field another key, in conditions too; its new path. Raises NotThere, DesignRefused."""
    design = design.copied()
    place = place_of(design.document, path)
    old = place.field["key"]
    if key == old:
        return design, path
    if not KEY_PATTERN.fullmatch(key) or len(key) > _LONGEST_KEY:
        raise DesignRefused(_("キーは英小文字で始まる60文字以内の英小文字・数字・下線（続けない）で入力してください。"))
    if key in keys_of(design.document):
        raise DesignRefused(_("キー「%(key)s」は、ほかの項目で使われています。") % {"key": key})
    place.field["key"] = key
    if place.group is None:
        return replace(design, document=renamed(design.document, old, key)), key
    place.group["fields"] = renamed(place.group["fields"], old, key)
    group = place.group["key"]
    _set_words(
        design.document, renamed_words(design.document.get("translations", {}), f"{group}.{old}", f"{group}.{key}")
    )
    return design, f"{group}.{key}"


def set_words(design: Design, language: str, words: Mapping[str, str]) -> Design:
    """The form's words in one language, by place (`definition.translating`); those of other languages stay."""
    design = design.copied()
    tables = dict(design.document.get("translations", {})) | {language: dict(words)}
    _set_words(design.document, {name: table for name, table in tables.items() if table})
    return design


def _set_words(document: Document, tables: Mapping[str, Any]) -> None:
    document.pop("translations", None)
    if tables:
        document["translations"] = tables


def duplicate_field(design: Design, path: str) -> tuple[Design, str]:
    """A copy right after the field, under a key of its own; its path. Raises NotThere."""
    design, key = next_key(design.copied())
    place = place_of(design.document, path)
    twin: FieldDocument = renamed(copy.deepcopy(place.field), place.field["key"], key)
    twin["key"] = key
    twin["label"] = _("%(label)s（コピー）") % {"label": place.field.get("label", "")}
    place.fields.insert(place.index + 1, twin)
    return design, f"{place.group['key']}.{key}" if place.group else key


def delete_fields(design: Design, paths: Sequence[str]) -> Design:
    """Take fields out; together they can be put back. Raises NotThere when none of them is there."""
    design = design.copied()
    chosen = [place for place in places(design.document) if _is_chosen(place, paths)]
    if not chosen:
        raise NotThere
    items = [
        {
            "field": place.field,
            "index": place.index,
            "page": place.page["key"],
            "group": place.group["key"] if place.group else "",
        }
        for place in chosen
    ]
    for place, item in zip(chosen, items, strict=True):
        place.fields.remove(item["field"])
    names = "」「".join(str(item["field"].get("label", "")) for item in items)
    return _with_deletion(design, {"label": _("項目「%(names)s」") % {"names": names}, "items": items})


def _is_chosen(place: Place, paths: Sequence[str]) -> bool:
    """A field of a group that goes as a whole goes with it, not beside it."""
    return place.path in paths and not (place.group and place.group["key"] in paths)


def put_back(design: Design) -> Design:
    """Undo the last deletion. Raises NotThere when nothing was deleted."""
    if not design.deleted:
        raise NotThere(_("元に戻せる削除はありません。"))
    last, *others = design.deleted
    design = replace(design.copied(), deleted=others)
    if "page" in last:
        return _put_page_back(design, last)
    for item in last["items"]:
        design = _put_field_back(design, item)
    return design


def _put_page_back(design: Design, last: dict[str, Any]) -> Design:
    page: PageDocument = copy.deepcopy(last["page"])
    fields, page["fields"] = page["fields"], []
    if page["key"] in keys_of(design.document):
        design, page["key"] = next_key(design, "page_")
    design.document["pages"].insert(last["index"], page)
    for index, one in enumerate(fields):
        design = _put_field_back(design, {"field": one, "index": index, "page": page["key"], "group": ""})
    return design


def _put_field_back(design: Design, item: dict[str, Any]) -> Design:
    """Where it was; at the end of the form when its section or group is gone too."""
    pages = design.document["pages"]
    page = next((one for one in pages if one["key"] == item["page"]), pages[-1])
    groups = (one for one in page["fields"] if one["key"] == item["group"] and kind_of(one) == FieldType.ROWS)
    group = next(groups, None)
    fields = page["fields"] if group is None else group.setdefault("fields", [])
    returned: FieldDocument = copy.deepcopy(item["field"])
    if returned["key"] in keys_beside(design.document, item["group"] if group else ""):
        design, returned["key"] = next_key(design)
    fields.insert(item["index"], returned)
    return design


def _with_deletion(design: Design, entry: dict[str, Any]) -> Design:
    return replace(design, deleted=[entry, *design.deleted][:MOST_DELETED])


def _set(target: dict[str, Any], changes: dict[str, Any], *, kept: frozenset[str]) -> None:
    for name, value in changes.items():
        if name not in kept and (value is None or value in ("", [], False)):
            target.pop(name, None)
        else:
            target[name] = value


def swap(items: list[Any], index: int, step: int) -> None:
    """Change an item with its neighbour; at the end of the list nothing happens."""
    other = index + step
    if 0 <= other < len(items):
        items[index], items[other] = items[other], items[index]
