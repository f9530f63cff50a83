"""A row of text → what it says of a person, or what is wrong with it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from cityhall.errors import DomainError
from cityhall.text import BadText, clean_text
from residents.addresses import normalize_postal_code
from residents.dates import parse_birth, parse_day
from residents.enums import Sex
from residents.models import ExternalId, Resident
from residents.names import split_name
from residents.phones import parse_phone
from residents.services.profiles import birth_columns, name_columns
from residents.services.register.reading import RawRow

_SEXES: Final = {
    "1": Sex.MALE, "男": Sex.MALE, "男性": Sex.MALE, "M": Sex.MALE,
    "2": Sex.FEMALE, "女": Sex.FEMALE, "女性": Sex.FEMALE, "F": Sex.FEMALE,
}  # fmt: skip
_TEXTS: Final = ("prefecture", "city", "town", "street", "building", "relationship")
_DAYS: Final = ("moved_in_on", "moved_out_on", "died_on", "protected_until")
# SQLite does not check the length of a text, PostgreSQL refuses the whole batch for it
_LENGTHS: Final = {
    column.name: column.max_length
    for column in Resident._meta.concrete_fields
    if column.max_length is not None and column.name not in ("postal_code", "phone")
} | {"resident_number": ExternalId._meta.get_field("value").max_length, "household_number": 30}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell. Never its value: the list is shown, kept and mailed."""

    row: int
    field: str
    message: str

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "field": self.field, "message": self.message}


@dataclass
class Person:
    """What a row says. `values` holds only the columns the file has; a row with problems has none."""

    row: int
    number: str = ""
    household_number: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    phone: tuple[str, str] = ("", "")
    contact_email: str = ""
    problems: list[Problem] = field(default_factory=list)


def parse_row(raw: RawRow, places: dict[str, int], width: int) -> Person:
    """The person of a row; problems are collected, all of a row at once."""
    person = Person(raw.number)
    if len(raw.cells) != width:
        person.problems.append(Problem(raw.number, "", _("列の数が見出しと違います。")))
        return person
    cells = {key: raw.cells[place].strip(" \u3000\t") for key, place in places.items()}
    person.number = _checked(person, cells, "resident_number", clean_text)
    if not person.number and not person.problems:
        person.problems.append(Problem(raw.number, "resident_number", _("宛名番号がありません。")))
    _read_names(person, cells)
    _read_facts(person, cells)
    if any(problem.field == "resident_number" for problem in person.problems):
        person.number = ""
    return person


def _read_names(person: Person, cells: dict[str, str]) -> None:
    texts = {
        key: _checked(person, cells, key, clean_text)
        for key in ("full_name", "family_name", "given_name", "full_kana", "family_kana", "given_kana")
    }
    family, given = texts["family_name"], texts["given_name"]
    if not (family or given):
        family, given = split_name(texts["full_name"])
    family_kana, given_kana = texts["family_kana"], texts["given_kana"]
    if not (family_kana or given_kana):
        family_kana, given_kana = split_name(texts["full_kana"])
    if not (family or given):
        person.problems.append(Problem(person.row, "full_name", _("氏名がありません。")))
    names = name_columns(family, given, family_kana, given_kana, full=texts["full_name"], full_kana=texts["full_kana"])
    has_kana = cells.keys() & {"full_kana", "family_kana", "given_kana"}
    # a file without readings leaves those that are known alone
    person.values |= {key: value for key, value in names.items() if has_kana or not key.endswith("kana")}


def _read_facts(person: Person, cells: dict[str, str]) -> None:
    if "birth" in cells:
        birth = _checked(person, cells, "birth", parse_birth)
        person.values |= birth_columns(birth) if birth else {}
    if "sex" in cells:
        person.values["sex"] = _SEXES.get(cells["sex"].upper(), Sex.UNSTATED)
    if "postal_code" in cells:
        person.values["postal_code"] = _checked(person, cells, "postal_code", _postal_code)
    for key in _TEXTS:
        if key in cells:
            person.values[key] = _checked(person, cells, key, clean_text)
    for key in _DAYS:
        if key in cells:
            person.values[key] = _checked(person, cells, key, parse_day)
    if "household_number" in cells:
        person.household_number = _checked(person, cells, "household_number", clean_text)
    _read_contacts(person, cells)


def _read_contacts(person: Person, cells: dict[str, str]) -> None:
    if cells.get("phone"):
        person.phone = _checked(person, cells, "phone", parse_phone) or ("", "")
    if cells.get("contact_email"):
        person.contact_email = _checked(person, cells, "contact_email", _email)


def _checked(person: Person, cells: dict[str, str], key: str, read: Callable[[str], Any]) -> Any:
    """The value of a cell, or None and a problem."""
    text = cells.get(key, "")
    limit = _LENGTHS.get(key)
    if limit is not None and len(text) > limit:
        message = _("%(limit)d文字より長い値です。") % {"limit": limit}
        person.problems.append(Problem(person.row, key, message))
        return ""
    try:
        return read(text)
    except (DomainError, ValidationError) as error:
        message = error.messages[0] if isinstance(error, ValidationError) else str(error)
        person.problems.append(Problem(person.row, key, message))
        return "" if isinstance(error, BadText) else None


def _postal_code(text: str) -> str:
    if not text:
        return ""
    code = normalize_postal_code(text)
    if code is None:
        raise ValidationError(_("郵便番号は7桁の数字にしてください。"))
    return code


def _email(text: str) -> str:
    validate_email(text)
    return text


def has_gone(values: dict[str, Any]) -> dt.date | None:
    """The day a person died or moved away, when the row says so."""
    day: dt.date | None = values.get("died_on") or values.get("moved_out_on")
    return day
