"""Stored answers and how people read them.

An answer is JSON in one fixed shape per field type (see the README of this app); a blank is an absent key.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import Field, Form
from applications.enums import FieldType
from cityhall.days import wareki

Answers = dict[str, Any]
ADDRESS_PARTS = ("postal_code", "prefecture", "city", "town", "street", "building")
YES, NO = "yes", "no"
APPLICANT_ADDRESS = "applicant.address"
ADDRESS_HIDDEN = gettext_lazy("支援措置のため表示できません")


@dataclass(frozen=True)
class FileLink:
    """A file that was given as an answer."""

    public_id: str
    name: str


@dataclass(frozen=True)
class Row:
    """One question with its answer in words. An empty text and no files mean: not answered."""

    key: str
    label: str
    text: str
    files: tuple[FileLink, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not self.text and not self.files


@dataclass(frozen=True)
class Section:
    """The answers of one page. `number` is the page's number in the form, from 1."""

    number: int
    title: str
    rows: tuple[Row, ...]


def display_rows(
    form: Form,
    answers: Mapping[str, Any],
    *,
    file_names: Mapping[str, str] | None = None,
    hide_address: bool = False,
) -> list[Section]:
    """Every question with its answer in words, by page.

    `file_names` gives the name of each attachment by its public id; a file without a name is called 添付ファイル.
    `hide_address` is for those from whom the applicant's address is protected (支援措置).
    """
    names = file_names or {}
    hidden = APPLICANT_ADDRESS if hide_address else None
    return [
        Section(
            number=number, title=page.title, rows=tuple(_row(field, answers, names, hidden) for field in page.fields)
        )
        for number, page in enumerate(form.pages, start=1)
    ]


def _row(field: Field, answers: Mapping[str, Any], names: Mapping[str, str], hidden_concept: str | None) -> Row:
    answer = answers.get(field.key)
    if answer is not None and field.concept == hidden_concept:
        return Row(field.key, field.label, str(ADDRESS_HIDDEN))
    if field.type == FieldType.FILE:
        files = tuple(FileLink(public_id, names.get(public_id, _("添付ファイル"))) for public_id in answer or ())
        return Row(field.key, field.label, "", files)
    return Row(field.key, field.label, "" if answer is None else display_text(field, answer))


def display_text(field: Field, answer: Any) -> str:
    """One answer in words; what has no words of its own is shown as it stands."""
    words = _WORDS.get(field.type)
    return words(field, answer) if words else str(answer)


def display_date(value: str) -> str:
    """令和8年11月21日（2026年）: people check one or the other."""
    try:
        date = dt.date.fromisoformat(value)
    except ValueError:
        return value
    return _("%(wareki)s（%(year)s年）") % {"wareki": wareki(date), "year": date.year}


def display_address(parts: Mapping[str, Any]) -> str:
    """〒123-4567 and the address in one line, the building after a blank."""
    text = {name: str(parts.get(name) or "") for name in ADDRESS_PARTS}
    code = text["postal_code"]
    post = f"〒{code[:3]}-{code[3:]}" if len(code) == 7 else ""
    line = text["prefecture"] + text["city"] + text["town"] + text["street"]
    return " ".join(part for part in (post, line, text["building"]) if part)


def group_digits(value: str) -> str:
    """1234567.5 → 1,234,567.5"""
    try:
        return f"{Decimal(value):,f}"
    except InvalidOperation:
        return value


_WORDS: dict[FieldType, Callable[[Field, Any], str]] = {
    FieldType.NUMBER: lambda field, answer: group_digits(str(answer)) + field.unit,
    FieldType.DATE: lambda _field, answer: display_date(str(answer)),
    FieldType.ADDRESS: lambda _field, answer: display_address(answer),
    FieldType.CHOICE: lambda field, answer: field.label_of(answer),
    FieldType.CHECKBOXES: lambda field, answer: "、".join(field.label_of(value) for value in answer),
    FieldType.YES_NO: lambda _field, answer: _("はい") if answer == YES else _("いいえ"),
    FieldType.CONSENT: lambda _field, _answer: _("同意します"),
}
