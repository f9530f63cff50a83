"""Where things stand in a document. A field's path is its key, or `group.key` inside a repeating group."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from applications.enums import FieldType
from cityhall.errors import DomainError

Document = dict[str, Any]
"""A form as JSON, right or wrong (`applications.definition`)."""
FieldDocument = dict[str, Any]
PageDocument = dict[str, Any]


class NotThere(DomainError):
    """The field or section is gone."""

    code = "not_there"
    message = _("項目またはセクションが見つかりません。ほかの画面で削除された可能性があります。")


@dataclass(frozen=True)
class Place:
    """One field: the list it stands in and its number there, its section, and its group if it stands in one."""

    path: str
    fields: list[FieldDocument]
    index: int
    page: PageDocument
    group: FieldDocument | None = None

    @property
    def field(self) -> FieldDocument:
        return self.fields[self.index]


def new_document(title: str = "") -> Document:
    """An empty form of one section, which can be called something else."""
    return {"schema": 1, "pages": [{"key": "page_1", "title": title or str(_("申請の内容")), "fields": []}]}


def places(document: Document) -> Iterator[Place]:
    """Every field in the order of the form, the group before what stands in it."""
    for page in document["pages"]:
        for index, field in enumerate(page["fields"]):
            yield Place(field["key"], page["fields"], index, page)
            for number, one in enumerate(field.get("fields") or ()):
                yield Place(f"{field['key']}.{one['key']}", field["fields"], number, page, field)


def place_of(document: Document, path: str) -> Place:
    """Raises NotThere."""
    found = next((place for place in places(document) if place.path == path), None)
    if found is None:
        raise NotThere
    return found


def page_of(document: Document, key: str) -> PageDocument:
    """Raises NotThere."""
    found = next((page for page in document["pages"] if page["key"] == key), None)
    if found is None:
        raise NotThere
    return cast("PageDocument", found)


def page_number(document: Document, key: str) -> int:
    """From 1. Raises NotThere."""
    pages: list[PageDocument] = document["pages"]
    return pages.index(page_of(document, key)) + 1


def kind_of(field: FieldDocument) -> FieldType:
    """The kind; a text where the document names one that does not exist."""
    try:
        return FieldType(str(field.get("type")))
    except ValueError:
        return FieldType.TEXT
