"""The frozen definition of a form, read from its JSON document (schema 1) and checked.

Nothing here touches the database: the catalogue loader, the form pages, the case screen and the
printed copy all read a form through `parse`.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from applications.enums import FieldType
from cityhall.errors import DomainError

SCHEMA = 1
KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,59}")
MAX_PAGES = 30
MAX_FIELDS = 300
CONCEPTS = frozenset(
    {
        "applicant.name",
        "applicant.kana",
        "applicant.birth_date",
        "applicant.address",
        "applicant.phone",
        "applicant.email",
    }
)
ACCEPTABLE_FILES = frozenset({"image", "pdf"})
TODAY = "today"
"""A limit of a date that moves with the calendar."""

_TEXT_LENGTHS = {
    FieldType.TEXT: 100,
    FieldType.LONG_TEXT: 2000,
    FieldType.KANA: 100,
    FieldType.EMAIL: 254,
    FieldType.PHONE: 30,
}
_CHOOSING = frozenset({FieldType.CHOICE, FieldType.CHECKBOXES})
_LIMITED = frozenset({FieldType.NUMBER, FieldType.DATE})


class DefinitionError(DomainError):
    """The document is no valid form; the message names the page or field."""

    code = "bad_definition"

    def __init__(self, where: str, message: str) -> None:
        self.where = where
        super().__init__(f"{where}: {message}")


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One question. `min` and `max` are decimal digits for a number, `YYYY-MM-DD` or `today` for a date."""

    key: str
    type: FieldType
    label: str
    required: bool = False
    help: str = ""
    example: str = ""
    min_length: int | None = None
    max_length: int | None = None
    concept: str = ""
    options: tuple[Option, ...] = ()
    min: str | None = None
    max: str | None = None
    unit: str = ""
    decimals: int = 0
    accept: tuple[str, ...] = ()
    max_files: int = 1
    consent_text: str = ""
    consent_version: str = ""

    def label_of(self, value: str) -> str:
        """The words of a chosen option; the value itself when the option is unknown."""
        return next((option.label for option in self.options if option.value == value), value)


_FIELD_NAMES = frozenset(attribute.name for attribute in dataclasses.fields(Field))


@dataclass(frozen=True)
class Page:
    """Questions asked together on one screen."""

    key: str
    title: str
    intro: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """All pages of one version."""

    pages: tuple[Page, ...]

    @property
    def fields(self) -> Iterator[Field]:
        for page in self.pages:
            yield from page.fields

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        return {field.key: field for field in self.fields}

    def page_of(self, key: str) -> int:
        """Number (from 1) of the page that asks the question. Raises KeyError."""
        for number, page in enumerate(self.pages, start=1):
            if any(field.key == key for field in page.fields):
                return number
        raise KeyError(key)


def parse(document: object) -> Form:
    """The form of a definition document. Raises DefinitionError naming the place of the first mistake."""
    data = _mapping(document, "form")
    if data.get("schema") != SCHEMA:
        raise DefinitionError("form", _("schema は %(schema)s にしてください。") % {"schema": SCHEMA})
    pages = data.get("pages")
    if not isinstance(pages, list) or not 1 <= len(pages) <= MAX_PAGES:
        raise DefinitionError("form", _("ページは1〜%(count)s枚にしてください。") % {"count": MAX_PAGES})
    form = Form(pages=tuple(_page(page, number) for number, page in enumerate(pages, start=1)))
    _refuse_repeats("form", [page.key for page in form.pages])
    keys = [field.key for field in form.fields]
    if len(keys) > MAX_FIELDS:
        raise DefinitionError("form", _("項目は%(count)s個までにしてください。") % {"count": MAX_FIELDS})
    _refuse_repeats("form", keys)
    return form


def _page(document: object, number: int) -> Page:
    where = f"page {number}"
    data = _mapping(document, where)
    unknown = data.keys() - {"key", "title", "intro", "fields"}
    if unknown:
        raise DefinitionError(where, _("知らない設定です: %(names)s") % {"names": ", ".join(sorted(map(str, unknown)))})
    fields = data.get("fields")
    if not isinstance(fields, list) or not fields:
        raise DefinitionError(where, _("項目がありません。"))
    return Page(
        key=_key(data, where),
        title=_text(data, "title", where, needed=True),
        intro=_text(data, "intro", where),
        fields=tuple(_field(field, where) for field in fields),
    )


def _field(document: object, page: str) -> Field:
    data = _mapping(document, page)
    key = _key(data, page)
    unknown = data.keys() - _FIELD_NAMES
    if unknown:
        raise DefinitionError(key, _("知らない設定です: %(names)s") % {"names": ", ".join(sorted(map(str, unknown)))})
    try:
        kind = FieldType(str(data.get("type")))
    except ValueError:
        raise DefinitionError(key, _("知らない種類の項目です。")) from None
    field = Field(
        key=key,
        type=kind,
        label=_text(data, "label", key, needed=True),
        required=_flag(data, "required", key),
        help=_text(data, "help", key),
        example=_text(data, "example", key),
        min_length=_count(data, "min_length", key, None),
        max_length=_count(data, "max_length", key, _TEXT_LENGTHS.get(kind)),
        concept=_text(data, "concept", key),
        options=_options(data, key),
        min=_limit(data, "min", kind, key),
        max=_limit(data, "max", kind, key),
        unit=_text(data, "unit", key),
        decimals=_count(data, "decimals", key, 0) or 0,
        accept=_accept(data, kind, key),
        max_files=_count(data, "max_files", key, 1) or 1,
        consent_text=_text(data, "consent_text", key),
        consent_version=_text(data, "consent_version", key),
    )
    _check_field(field)
    return field


def _check_field(field: Field) -> None:
    """Rules between the settings of one field."""
    if (field.type in _CHOOSING) != bool(field.options):
        raise DefinitionError(field.key, _("選択肢は選択の項目にだけ、一つ以上必要です。"))
    if field.type == FieldType.CONSENT and not (field.consent_text and field.consent_version):
        raise DefinitionError(field.key, _("同意の項目には文章と版が必要です。"))
    if field.concept and field.concept not in CONCEPTS:
        raise DefinitionError(field.key, _("知らない概念です: %(concept)s") % {"concept": field.concept})
    if field.min_length and field.max_length and field.min_length > field.max_length:
        raise DefinitionError(field.key, _("最小の文字数が最大を超えています。"))
    if field.type == FieldType.NUMBER and field.min and field.max and Decimal(field.min) > Decimal(field.max):
        raise DefinitionError(field.key, _("最小の値が最大を超えています。"))


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise DefinitionError(where, _("名前と値の組にしてください。"))
    return value


def _key(data: Mapping[str, Any], where: str) -> str:
    key = data.get("key")
    if not isinstance(key, str) or not KEY_PATTERN.fullmatch(key):
        raise DefinitionError(where, _("キーは英小文字で始まる60文字以内にしてください: %(key)s") % {"key": key})
    return key


def _text(data: Mapping[str, Any], name: str, where: str, *, needed: bool = False) -> str:
    value = data.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise DefinitionError(where, _("%(name)s は文字で書いてください。") % {"name": name})
    return value


def _flag(data: Mapping[str, Any], name: str, where: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise DefinitionError(where, _("%(name)s は true か false にしてください。") % {"name": name})
    return value


def _count(data: Mapping[str, Any], name: str, where: str, default: int | None) -> int | None:
    value = data.get(name)
    if value is None:
        return default
    # bool is an int in Python
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise DefinitionError(where, _("%(name)s は0以上の整数にしてください。") % {"name": name})
    return value


def _limit(data: Mapping[str, Any], name: str, kind: FieldType, where: str) -> str | None:
    """A limit as text, whatever way YAML gave it. Floats are refused: they are not what was written."""
    value = data.get(name)
    if value is None:
        return None
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    message = _("%(name)s の値が正しくありません。") % {"name": name}
    if kind not in _LIMITED or isinstance(value, (bool, float, list, dict)):
        raise DefinitionError(where, message)
    try:
        if kind == FieldType.DATE and text != TODAY:
            dt.date.fromisoformat(text)
        if kind == FieldType.NUMBER and not Decimal(text).is_finite():
            raise DefinitionError(where, message)
    except (ValueError, InvalidOperation):
        raise DefinitionError(where, message) from None
    return text


def _options(data: Mapping[str, Any], where: str) -> tuple[Option, ...]:
    rows = data.get("options") or []
    if not isinstance(rows, list):
        raise DefinitionError(where, _("選択肢は一覧にしてください。"))
    options = tuple(
        Option(
            value=_text(_mapping(row, where), "value", where, needed=True),
            label=_text(_mapping(row, where), "label", where, needed=True),
        )
        for row in rows
    )
    _refuse_repeats(where, [option.value for option in options])
    return options


def _accept(data: Mapping[str, Any], kind: FieldType, where: str) -> tuple[str, ...]:
    names = data.get("accept") or []
    if not isinstance(names, list) or not set(map(str, names)) <= ACCEPTABLE_FILES:
        raise DefinitionError(where, _("accept には image と pdf だけが使えます。"))
    if kind != FieldType.FILE:
        return ()
    return tuple(names) or tuple(sorted(ACCEPTABLE_FILES))


def _refuse_repeats(where: str, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DefinitionError(where, _("同じキーが二度あります: %(names)s") % {"names": ", ".join(repeated)})
