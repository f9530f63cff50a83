"""Plausible answers to any form, in the shape a draft keeps them."""

import datetime as dt
import io
from collections.abc import Callable, Iterable, Mapping

from django.core.files.uploadedfile import SimpleUploadedFile

from applications import typed
from applications.answers import ADDRESS_PARTS
from applications.definition import OTHER, TODAY, Field, Form
from applications.enums import FieldType
from applications.row_paths import first_row_ids, groups
from cityhall.days import today
from residents.models import Resident

_ACCOUNT = {
    "kind": typed.BANK,
    "bank_code": "9999",
    "bank_name": "緑野銀行",
    "branch_code": "001",
    "branch_name": "本店",
    "account_type": "ordinary",
    "number": "1234567",
}
"""At a bank that does not exist."""
_PLACE = {"latitude": "35.788000", "longitude": "139.276000", "note": "東緑野一丁目の交差点"}
_LONG = "緑野市に引っ越してきました。よろしくお願いします。"


def fill(form: Form, resident: Resident, prefilled: typed.Typed) -> typed.Typed:
    """What was filled in by the city stays; the other required questions get an answer each.

    Questions that a condition hides get one too: the form leaves them out by itself.
    """
    values = _filled(form.fields, resident, prefilled)
    for group in groups(form.fields):
        rows = prefilled.get(group.key) or [{"id": row_id, "values": {}} for row_id in first_row_ids(group.min_rows)]
        if rows:
            values[group.key] = [row | {"values": _filled(group.fields, resident, row["values"])} for row in rows]
    return values


def paper(name: str = "mihon.png") -> SimpleUploadedFile:
    """A small picture to attach: a photo of some paper."""
    # only here: the web server decodes pictures, it does not draw them
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (640, 400), (250, 248, 240))
    pen = ImageDraw.Draw(image)
    pen.rectangle((20, 20, 620, 380), outline=(90, 90, 90), width=3)
    for line in range(6):
        pen.line((60, 90 + 45 * line, 560 - 60 * (line % 3), 90 + 45 * line), fill=(120, 120, 120), width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def _filled(fields: Iterable[Field], resident: Resident, known: typed.Typed) -> typed.Typed:
    """What is known, and an answer to each other question that must have one."""
    needed = (field for field in fields if field.required or field.required_when is not None)
    asked = (field for field in needed if field.type not in typed.NOT_TYPED)
    return {field.key: _answer(field, resident) for field in asked} | known


def _answer(field: Field, resident: Resident) -> typed.Value:
    make = _ANSWERS.get(field.type)
    return make(field, resident) if make else _text(field, resident)


def _address(_field: Field, resident: Resident) -> typed.Value:
    return {part: getattr(resident, part) for part in ADDRESS_PARTS}


def _name(_field: Field, resident: Resident) -> typed.Value:
    """Residents from abroad may have one name only; the form wants both parts."""
    return {
        "family": resident.family_name or resident.full_name,
        "given": resident.given_name or resident.full_name,
        "family_kana": resident.family_kana or resident.full_kana,
        "given_kana": resident.given_kana or resident.full_kana,
    }


def _choice(field: Field, _resident: Resident) -> typed.Value:
    first = field.options[0].value
    chosen: typed.Value = [first] if field.type == FieldType.CHECKBOXES else first
    return {typed.CHOSEN: chosen, OTHER: ""} if field.other else chosen


def _text(field: Field, resident: Resident) -> str:
    fixed = {
        FieldType.YES_NO: "no",
        FieldType.CONSENT: typed.GIVEN,
        FieldType.EMAIL: "demo@example.jp",
        FieldType.PHONE: "0428-00-0001",
        FieldType.KANA: resident.full_kana,
        FieldType.NUMBER: field.min or "1",
        FieldType.MONEY: field.min or "1000",
        FieldType.TIME: field.min or "09:00",
        FieldType.LONG_TEXT: _LONG,
    }
    return field.example or fixed.get(field.type) or _of_charset(field) or resident.full_name


def _of_charset(field: Field) -> str:
    """A number of some card, where names cannot be written."""
    return "1" * (field.min_length or 6) if field.charset in ("ascii", "digits") else ""


def _date(field: Field, resident: Resident) -> dt.date:
    """Some weeks ago, or the nearest day the question allows; the person's own birthday where that is asked."""
    if field.concept in ("applicant.birth_date", "subject.birth_date") and resident.birth_date:
        return resident.birth_date
    day = today() - dt.timedelta(days=20)
    if field.min is not None:
        # a day to come: collections and openings are a week away at least
        day = max(day, today() + dt.timedelta(days=10) if field.min == TODAY else dt.date.fromisoformat(field.min))
    if field.max is not None:
        day = min(day, today() if field.max == TODAY else dt.date.fromisoformat(field.max))
    return day


_ANSWERS: Mapping[FieldType, Callable[[Field, Resident], typed.Value]] = {
    FieldType.DATE: lambda field, resident: typed.from_date(_date(field, resident)),
    FieldType.DATE_TIME: lambda field, resident: {**typed.from_date(_date(field, resident)), "time": "10:00"},
    FieldType.ADDRESS: _address,
    FieldType.RESIDENT_ADDRESS: _address,
    FieldType.NAME: _name,
    FieldType.BANK_ACCOUNT: lambda _field, resident: {**_ACCOUNT, "holder": resident.full_kana},
    FieldType.PLACE: lambda _field, _resident: dict(_PLACE),
    FieldType.SIGNATURE: lambda _field, resident: {"typed": resident.full_name},
    FieldType.CHOICE: _choice,
    FieldType.CHECKBOXES: _choice,
}
