"""A typed answer as it is written on paper: whole, or the part that has a place of its own."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from applications.answers import ACCOUNT_TYPES, YES, display_address, display_text, group_digits
from applications.definition import Field
from applications.enums import FILE_TYPES, FieldType
from cityhall.days import ERAS, Era, era_of
from counter.enums import SpotPart
from counter.layouts.papers import Value
from residents.dates import PartialDate, in_words, read_iso
from residents.names import join_name

T, P = FieldType, SpotPart
_ADDRESS = (P.LINE, P.POSTAL_FIRST, P.POSTAL_LAST, P.POSTAL_CODE, P.PREFECTURE, P.CITY, P.TOWN, P.STREET, P.BUILDING)
_DATE = (P.ERA, P.YEAR, P.MONTH, P.DAY, P.WESTERN_YEAR)
_BANK = (P.BANK_NAME, P.BANK_CODE, P.BRANCH_NAME, P.BRANCH_CODE, P.ACCOUNT_TYPE, P.ACCOUNT_NUMBER, P.HOLDER)
PARTS: Mapping[FieldType, tuple[SpotPart, ...]] = {
    T.NAME: (P.FAMILY, P.GIVEN, P.KANA, P.FAMILY_KANA, P.GIVEN_KANA),
    T.ADDRESS: _ADDRESS,
    T.RESIDENT_ADDRESS: _ADDRESS,
    T.DATE: _DATE,
    T.DATE_TIME: (*_DATE, P.HOUR, P.MINUTE),
    T.TIME: (P.HOUR, P.MINUTE),
    T.BANK_ACCOUNT: _BANK,
}
"""The parts of each kind of answer, besides the whole."""
_POSTAL = frozenset({P.POSTAL_FIRST, P.POSTAL_LAST, P.POSTAL_CODE})
GIVEN = "given"
"""What a mark beside a consent waits for."""


def written(value: Value, part: SpotPart = P.WHOLE, *, file_names: Mapping[str, str] | None = None) -> str:
    """The text of an answer, or of a part of it; "" for a part it has not."""
    if value.hidden:
        return "" if part in _POSTAL else value.hidden
    if part == P.OTHER:
        return value.other
    if value.type in FILE_TYPES:
        return "、".join((file_names or {}).get(one, _("添付ファイル")) for one in value.answer)
    if value.type == T.SIGNATURE:
        return value.answer.get("typed") or _("署名済み（タブレット）")
    try:
        return _part(value, part) if part else _whole(value)
    except (AttributeError, TypeError, KeyError, ValueError):
        # of another shape, from a form that was imported or changed by hand: shown, not lost
        return str(value.answer)


def chosen(value: Value, part: SpotPart = P.WHOLE) -> frozenset[str]:
    """The options that a circle or a tick marks."""
    if value.hidden or value.answer is None:
        return frozenset()
    if value.type in (T.DATE, T.DATE_TIME):
        born = read_iso(str(value.answer).partition("T")[0])
        era = _era_of_birth(born) if born else None
        return frozenset({era.key} if era else ())
    if value.type == T.BANK_ACCOUNT:
        return frozenset({str(value.answer.get("account_type", ""))})
    if value.type == T.CONSENT:
        return frozenset({GIVEN})
    return frozenset(map(str, value.answer)) if isinstance(value.answer, list) else frozenset({str(value.answer)})


def options_of(value_type: FieldType, options: Mapping[str, str], part: SpotPart) -> dict[str, str]:
    """What may be marked, by value: the options of the question, eras, kinds of accounts."""
    if value_type in (T.DATE, T.DATE_TIME) and part == P.ERA:
        return {era.key: era.name for era in ERAS}
    if value_type == T.BANK_ACCOUNT and part == P.ACCOUNT_TYPE:
        return {key: str(label) for key, label in ACCOUNT_TYPES.items()}
    if value_type == T.YES_NO:
        return {YES: _("はい"), "no": _("いいえ")}
    if value_type == T.CONSENT:
        return {GIVEN: _("同意します")}
    return dict(options)


def _whole(value: Value) -> str:
    words = _WHOLE.get(value.type)
    if words:
        return words(value)
    # what no question asks is read like the question that would ask it
    return display_text(value.field or Field("fixed", value.type, ""), value.answer, value.other)


def _plain_date(value: Value) -> str:
    born = read_iso(str(value.answer))
    return in_words(born) if born else str(value.answer)


def _number(value: Value) -> str:
    """Without its unit, which stands on the form already."""
    return group_digits(str(value.answer))


_WHOLE: Mapping[FieldType, Callable[[Value], str]] = {
    T.NAME: lambda value: join_name(value.answer.get("family", ""), value.answer.get("given", "")),
    T.DATE: _plain_date,
    T.NUMBER: _number,
    T.MONEY: _number,
}


def _part(value: Value, part: SpotPart) -> str:
    if part in _DATE:
        return _date_part(value, part)
    made = _MADE.get(part)
    if made:
        return made(value.answer)
    # what the answer has under the name of the part
    return str(value.answer.get(part.value) or "") if part in _NAMED else ""


def _hour(answer: str) -> str:
    return str(int(answer.rpartition("T")[2].partition(":")[0]))


def _kana(answer: Mapping[str, Any]) -> str:
    return join_name(answer.get("family_kana", ""), answer.get("given_kana", ""))


def _postal_code(answer: Mapping[str, Any]) -> str:
    return str(answer.get("postal_code") or "")


def _address_line(answer: Mapping[str, Any]) -> str:
    """Without the postal code, the building after a blank."""
    if answer.get("unsettled"):
        return display_address(answer)
    street = "".join(str(answer.get(name) or "") for name in ("prefecture", "city", "town", "street"))
    return " ".join(one for one in (street, str(answer.get("building") or "")) if one)


_MADE: Mapping[SpotPart, Callable[[Any], str]] = {
    P.HOUR: _hour,
    P.MINUTE: lambda answer: answer.rpartition(":")[2],
    P.KANA: _kana,
    P.ACCOUNT_TYPE: lambda answer: str(ACCOUNT_TYPES.get(answer.get("account_type", ""), "")),
    P.POSTAL_CODE: _postal_code,
    P.POSTAL_FIRST: lambda answer: _postal_code(answer)[:3],
    P.POSTAL_LAST: lambda answer: _postal_code(answer)[3:],
    P.LINE: _address_line,
}
_NAMED = frozenset({*PARTS[T.NAME], *PARTS[T.ADDRESS], *PARTS[T.BANK_ACCOUNT]})


def _date_part(value: Value, part: SpotPart) -> str:
    born = read_iso(str(value.answer))
    if born is not None and born.date is None:
        return _part_of_birth(born, part)
    date = _date(value)
    if date is None:
        return ""
    era = era_of(date)
    year = date.year - era.first_day.year + 1 if era else date.year
    return {
        P.ERA: era.name if era else _("西暦"),
        P.YEAR: _("元") if era and year == 1 else str(year),
        P.WESTERN_YEAR: str(date.year),
        P.MONTH: str(date.month),
        P.DAY: str(date.day),
    }[part]


def _part_of_birth(born: PartialDate, part: SpotPart) -> str:
    """Of a birth date that is not all known: by the era where the whole span lies in one, and 不詳 in the boxes."""
    first, era = born.earliest, _era_of_birth(born)
    if first is None:
        return ""
    year = first.year - era.first_day.year + 1 if era else first.year
    return {
        P.ERA: era.name if era else _("西暦"),
        P.YEAR: _("元") if era and year == 1 else str(year),
        P.WESTERN_YEAR: str(first.year),
        P.MONTH: str(born.month) if born.month else _("不詳"),
        P.DAY: _("不詳"),
    }[part]


def _era_of_birth(born: PartialDate) -> Era | None:
    """The era in which all of it lies."""
    eras = [era_of(day) if day else None for day in (born.earliest, born.latest)]
    return eras[0] if eras[0] == eras[1] else None


def _date(value: Value) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value.answer).partition("T")[0])
    except ValueError:
        return None
