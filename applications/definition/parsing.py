"""From the JSON document (schema 1) to a checked form.

Nothing here touches the database: the catalogue loader, the designer, the form pages, the case screen
and the printed copy all read a form through `parse`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from applications.concepts import concept_of, may_carry
from applications.definition import values
from applications.definition.errors import DefinitionError, Problem
from applications.definition.kinds import (
    CHARSETS,
    DEFAULT_ROWS,
    IN_ROWS_REFUSED,
    MOST_FILES,
    MOST_ROWS,
    SETTINGS,
    TEXT_LENGTHS,
)
from applications.definition.model import OTHER, Field, Form, Page
from applications.definition.translating import read_translations
from applications.enums import FILE_TYPES, FieldType

SCHEMA = 1
MAX_PAGES = 30
MAX_FIELDS = 300
"""Fields of all pages, those inside repeating groups too."""

_CHOOSING = frozenset({FieldType.CHOICE, FieldType.CHECKBOXES})
_FREE = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.NUMBER})
# 「マイナンバーカードの有効期限」 is a good question
_MY_NUMBER = re.compile("(?:個人番号|マイナンバー)(?!カード)")
_PAGE_NAMES = frozenset({"key", "title", "intro", "fields", "visible_when"})
_ALL_SETTINGS = frozenset().union(*SETTINGS.values())

Result = TypeVar("Result")


def parse(document: object) -> Form:
    """The form of a definition document. Raises DefinitionError naming every page or field with a mistake."""
    data = values.mapping(document, "form")
    if data.get("schema") != SCHEMA:
        raise DefinitionError("form", _("schema は %(schema)s にしてください。") % {"schema": SCHEMA})
    pages = data.get("pages")
    if not isinstance(pages, list) or not 1 <= len(pages) <= MAX_PAGES:
        raise DefinitionError("form", _("ページは1〜%(count)s枚にしてください。") % {"count": MAX_PAGES})
    problems: list[Problem] = []
    found = [_collected(problems, partial(_page, page, number, problems)) for number, page in enumerate(pages, 1)]
    form = Form(pages=tuple(page for page in found if page))
    _collected(problems, partial(_check_form, form))
    words = _collected(problems, partial(read_translations, data.get("translations"), form))
    form = replace(form, translations=words or {})
    if problems:
        raise DefinitionError.of(tuple(problems))
    return form


def _collected(problems: list[Problem], read: Callable[[], Result]) -> Result | None:
    """What `read` gives, or None with its mistakes noted: one mistake does not hide the next."""
    try:
        return read()
    except DefinitionError as error:
        problems.extend(error.problems)
        return None


def _check_form(form: Form) -> None:
    values.refuse_repeats("form", [page.key for page in form.pages])
    keys = [field.key for field in form.fields]
    if len(keys) + sum(len(field.fields) for field in form.fields) > MAX_FIELDS:
        raise DefinitionError("form", _("項目は%(count)s個までにしてください。") % {"count": MAX_FIELDS})
    values.refuse_repeats("form", keys)


def _page(document: object, number: int, problems: list[Problem]) -> Page:
    where = f"page {number}"
    data = values.mapping(document, where)
    _refuse_unknown(data, _PAGE_NAMES, where)
    fields = data.get("fields")
    if not isinstance(fields, list) or not fields:
        raise DefinitionError(where, _("項目がありません。"))
    found = [_collected(problems, partial(_field, field, where, problems)) for field in fields]
    return Page(
        key=values.key(data, where),
        title=values.text(data, "title", where, needed=True),
        intro=values.text(data, "intro", where),
        fields=tuple(field for field in found if field),
        visible_when=values.logic(data, "visible_when", where),
    )


def _field(document: object, page: str, problems: list[Problem], *, is_in_rows: bool = False) -> Field:
    data = values.mapping(document, page)
    key = values.key(data, page)
    kind = _kind(data, key, is_in_rows=is_in_rows)
    _refuse_unknown(data, SETTINGS[kind], key)
    field = Field(
        key=key,
        type=kind,
        label=values.text(data, "label", key, needed=True),
        required=values.flag(data, "required", key),
        help=values.text(data, "help", key),
        example=values.text(data, "example", key),
        min_length=values.count(data, "min_length", key, None),
        max_length=values.count(data, "max_length", key, TEXT_LENGTHS.get(kind)),
        charset=values.text(data, "charset", key),
        concept=values.text(data, "concept", key),
        options=values.options(data, key),
        other=values.flag(data, "other", key),
        min=values.limit(data, "min", kind, key),
        max=values.limit(data, "max", kind, key),
        unit=values.text(data, "unit", key),
        decimals=values.count(data, "decimals", key, 0) or 0,
        accept=values.accept(data, kind, key),
        max_files=values.count(data, "max_files", key, 1) or 1,
        consent_text=values.text(data, "consent_text", key),
        consent_version=values.text(data, "consent_version", key),
        text=values.text(data, "text", key),
        visible_when=values.logic(data, "visible_when", key),
        required_when=values.logic(data, "required_when", key),
        value=values.logic(data, "value", key),
        fields=_row_fields(data, kind, key, problems),
        min_rows=values.count(data, "min_rows", key, 0) or 0,
        max_rows=values.count(data, "max_rows", key, DEFAULT_ROWS if kind == FieldType.ROWS else 0) or 0,
        row_title=values.text(data, "row_title", key),
    )
    _check_field(field)
    if field.concept:
        _check_concept(field, is_in_rows=is_in_rows)
    return field


def _kind(data: Mapping[str, Any], where: str, *, is_in_rows: bool) -> FieldType:
    try:
        kind = FieldType(str(data.get("type")))
    except ValueError:
        raise DefinitionError(where, _("知らない種類の項目です。")) from None
    if is_in_rows and kind in IN_ROWS_REFUSED:
        raise DefinitionError(where, _("「%(kind)s」は、くり返しの中に置けません。") % {"kind": kind.label})
    return kind


def _row_fields(data: Mapping[str, Any], kind: FieldType, where: str, problems: list[Problem]) -> tuple[Field, ...]:
    if kind != FieldType.ROWS:
        return ()
    fields = data.get("fields")
    if not isinstance(fields, list) or not fields:
        raise DefinitionError(where, _("くり返す項目がありません。"))
    read = [_collected(problems, partial(_field, field, where, problems, is_in_rows=True)) for field in fields]
    found = tuple(field for field in read if field)
    values.refuse_repeats(where, [field.key for field in found])
    return found


def _refuse_unknown(data: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    """A misspelt setting, or one that this kind does not take, must not be lost silently."""
    unknown = sorted(str(name) for name, value in data.items() if name not in known and not _is_left_out(name, value))
    if unknown:
        raise DefinitionError(where, _("ここでは使えない設定です: %(names)s") % {"names": ", ".join(unknown)})


def _is_left_out(name: str, value: object) -> bool:
    """A setting of another kind that is written down as empty says nothing."""
    return name in _ALL_SETTINGS and (value is None or value in ("", [], False))


def _check_field(field: Field) -> None:
    """Rules between the settings of one field."""
    for is_wrong, sentence in (
        (field.type in _CHOOSING and not field.options, _("選択の項目には、選択肢が一つ以上必要です。")),
        (
            field.other and any(option.value == OTHER for option in field.options),
            _("「その他」を付けるときは、値が other の選択肢を置けません。"),
        ),
        (
            field.type == FieldType.CONSENT and not (field.consent_text and field.consent_version),
            _("同意の項目には文章と版が必要です。"),
        ),
        (field.type == FieldType.EXPLANATION and not field.text.strip(), _("説明文を書いてください。")),
        (field.type == FieldType.CALCULATED and field.value is None, _("計算の式がありません。")),
        (field.type == FieldType.ATTRIBUTE and not field.concept, _("表示する登録内容（概念）を選んでください。")),
        (
            field.type in _FREE and bool(_MY_NUMBER.search(field.label)),
            _("個人番号（マイナンバー）は、この画面ではお預かりできません。項目を削除してください。"),
        ),
        (field.charset not in ("", *CHARSETS), _("知らない文字の種類です: %(name)s") % {"name": field.charset}),
        (
            field.min_length and field.max_length and field.min_length > field.max_length,
            _("最小の文字数が最大を超えています。"),
        ),
        (_is_reversed(field), _("最小の値が最大を超えています。")),
        (field.type in FILE_TYPES and not 1 <= field.max_files <= MOST_FILES, _("ファイルの数が多すぎます。")),
        (field.max_rows > MOST_ROWS, _("くり返しは%(most)s行までです。") % {"most": MOST_ROWS}),
        (field.min_rows > field.max_rows, _("最小の行数が最大を超えています。")),
    ):
        if is_wrong:
            raise DefinitionError(field.key, sentence)


def _is_reversed(field: Field) -> bool:
    """Whether nothing lies between the limits. One that moves with the calendar is never out of order."""
    if field.min is None or field.max is None or values.TODAY in (field.min, field.max):
        return False
    if field.type in (FieldType.NUMBER, FieldType.MONEY):
        return Decimal(field.min) > Decimal(field.max)
    # days and times sort as text
    return field.min > field.max


def _check_concept(field: Field, *, is_in_rows: bool) -> None:
    """Raises DefinitionError for a concept outside the vocabulary, or one that this question cannot ask for."""
    concept = concept_of(field.concept)
    words = {"concept": field.concept, "kind": field.type.label}
    if concept is None:
        raise DefinitionError(field.key, _("知らない概念です: %(concept)s") % words)
    if not may_carry(concept, field.type):
        raise DefinitionError(field.key, _("「%(kind)s」の項目では、概念 %(concept)s を使えません。") % words)
    if concept.role.is_many and not is_in_rows:
        raise DefinitionError(field.key, _("概念 %(concept)s は、くり返しの中の項目で使ってください。") % words)
    if is_in_rows and not concept.role.is_many:
        raise DefinitionError(field.key, _("くり返しの中では、概念 %(concept)s を使えません。") % words)
