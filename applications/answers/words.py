"""One answer in words, by the type of its question."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _

from applications.answers.model import ACCOUNT_TYPES, ADDRESS_PARTS, YES
from applications.concepts import shape_of
from applications.definition import OTHER, Field
from applications.enums import FieldType
from cityhall.days import wareki
from cityhall.days_in_words import date_in_words, is_in_japanese
from residents.dates import PartialDate, in_words, read_iso
from residents.enums import Sex
from residents.names import join_name

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


def display_text(field: Field, answer: Any, other: str = "") -> str:
    """One answer in words; what has no words of its own is shown as it stands. `other` is the text beside その他."""
    if field.other:
        return _choice(field, answer, other)
    try:
        return _attribute(field, answer) if field.type == FieldType.ATTRIBUTE else _words(field.type, field, answer)
    except (AttributeError, TypeError):
        # of another shape, from a form that was imported or changed by hand: shown, not lost
        return str(answer)


def _words(kind: FieldType, field: Field, answer: Any) -> str:
    words = _WORDS.get(kind)
    return words(field, answer) if words else str(answer)


def display_date(value: str) -> str:
    """令和8年11月21日（2026年）: people check one or the other."""
    born = read_iso(value)
    if born is None:
        return value
    date = born.date
    if date is None:
        return _partly_known(born)
    if not is_in_japanese():
        return date_in_words(date)
    return _("%(wareki)s（%(year)s年）") % {"wareki": wareki(date), "year": date.year}


def _partly_known(born: PartialDate) -> str:
    """昭和20年3月日不詳（1945年）; March 1945 (day unknown)"""
    if is_in_japanese():
        words = in_words(born)
        if words.startswith(str(born.year)):
            return words
        return _("%(wareki)s（%(year)s年）") % {"wareki": words, "year": born.year}
    first = born.earliest
    if born.month and first:
        return _("%(month)s（日不詳）") % {"month": formatted(first, "F Y")}
    return _("%(year)s年（月日不詳）") % {"year": born.year}


def display_time(value: str) -> str:
    """13:30 → 13時30分, 9:00 → 9時"""
    hour, _colon, minute = value.partition(":")
    if not (hour.isdecimal() and minute.isdecimal()) or not is_in_japanese():
        return value
    values = {"hour": int(hour), "minute": int(minute)}
    return _("%(hour)s時%(minute)s分") % values if values["minute"] else _("%(hour)s時") % values


def display_address(parts: Mapping[str, Any]) -> str:
    """〒123-4567 and the address in one line, the building after a blank."""
    if parts.get("unsettled"):
        return _unsettled(parts)
    text = {name: str(parts.get(name) or "") for name in ADDRESS_PARTS}
    code = text["postal_code"]
    post = f"〒{code[:3]}-{code[3:]}" if len(code) == 7 else ""
    line = text["prefecture"] + text["city"] + text["town"] + text["street"]
    return " ".join(part for part in (post, line, text["building"]) if part)


def _unsettled(parts: Mapping[str, Any]) -> str:
    """住所不定（居所：緑野公園、連絡：支援員の田中さん）"""
    stay, reach = (str(parts.get(name) or "") for name in ("stay", "reach"))
    more = [_("居所：%(place)s") % {"place": stay}] if stay else []
    more += [_("連絡：%(way)s") % {"way": reach}] if reach else []
    name = _("住所不定")
    return _("%(name)s（%(more)s）") % {"name": name, "more": _("、").join(more)} if more else name


def group_digits(value: str) -> str:
    """1234567.5 → 1,234,567.5"""
    try:
        return f"{Decimal(value):,f}"
    except InvalidOperation:
        return value


def _name(parts: Mapping[str, Any]) -> str:
    """高橋　さくら（タカハシ　サクラ）"""
    name = join_name(parts.get("family", ""), parts.get("given", ""))
    kana = join_name(parts.get("family_kana", ""), parts.get("given_kana", ""))
    return _("%(name)s（%(kana)s）") % {"name": name, "kana": kana} if kana else name


def _date_time(value: str) -> str:
    day, _t, time = value.partition("T")
    return f"{display_date(day)} {display_time(time)}".strip()


def _bank_account(parts: Mapping[str, Any]) -> str:
    """Bank and branch with their codes, type and number, holder: a line each."""
    with_code = _("%(name)s（%(code)s）")
    bank, branch = (
        with_code % {"name": parts.get(f"{one}_name", ""), "code": parts.get(f"{one}_code", "")}
        for one in ("bank", "branch")
    )
    kind = ACCOUNT_TYPES.get(parts.get("account_type", ""), "")
    return "\n".join((f"{bank} {branch}", f"{kind} {parts.get('number', '')}", parts.get("holder", "")))


def _place(parts: Mapping[str, Any]) -> str:
    """The coordinates and the note, a line each."""
    latitude, longitude = parts.get("latitude"), parts.get("longitude")
    numbers = (
        _("緯度 %(latitude)s 経度 %(longitude)s") % {"latitude": latitude, "longitude": longitude}
        if latitude and longitude
        else ""
    )
    return "\n".join(line for line in (numbers, parts.get("note", "")) if line)


def _choice(field: Field, answer: Any, other: str) -> str:
    """The words of what was chosen, その他 with its text."""
    return _("、").join(_option(field, value, other) for value in ([answer] if isinstance(answer, str) else answer))


def _option(field: Field, value: str, other: str) -> str:
    if not (field.other and value == OTHER):
        return field.label_of(value)
    return _("その他（%(text)s）") % {"text": other} if other else _("その他")


def _with_unit(number: str, unit: str) -> str:
    """3人, and 3 people: words of letters stand apart."""
    return f"{number} {unit}" if unit[:1].isascii() and unit[:1].isalpha() and not is_in_japanese() else number + unit


def _calculated(field: Field, value: str) -> str:
    if _PLAIN_NUMBER.fullmatch(value):
        return _with_unit(group_digits(value), field.unit)
    return display_date(value)


def _attribute(field: Field, answer: Any) -> str:
    """By the shape of what the record holds; the sex is kept there as a word of its own."""
    if field.concept.endswith(".sex") and answer in Sex.values:
        return str(Sex(answer).label)
    return _words(shape_of(field.concept), field, answer)


_WORDS: Mapping[FieldType, Callable[[Field, Any], str]] = {
    FieldType.NUMBER: lambda field, answer: _with_unit(group_digits(str(answer)), field.unit),
    FieldType.MONEY: lambda _field, answer: _("%(amount)s円") % {"amount": group_digits(str(answer))},
    FieldType.NAME: lambda _field, answer: _name(answer),
    FieldType.DATE: lambda _field, answer: display_date(str(answer)),
    FieldType.TIME: lambda _field, answer: display_time(str(answer)),
    FieldType.DATE_TIME: lambda _field, answer: _date_time(str(answer)),
    FieldType.ADDRESS: lambda _field, answer: display_address(answer),
    FieldType.RESIDENT_ADDRESS: lambda _field, answer: display_address(answer),
    FieldType.CHOICE: lambda field, answer: _choice(field, answer, ""),
    FieldType.CHECKBOXES: lambda field, answer: _choice(field, answer, ""),
    FieldType.YES_NO: lambda _field, answer: _("はい") if answer == YES else _("いいえ"),
    FieldType.CONSENT: lambda _field, _answer: _("同意します"),
    FieldType.SIGNATURE: lambda _field, answer: answer.get("typed", ""),
    FieldType.PLACE: lambda _field, answer: _place(answer),
    FieldType.BANK_ACCOUNT: lambda _field, answer: _bank_account(answer),
    FieldType.CALCULATED: lambda field, answer: _calculated(field, str(answer)),
}
