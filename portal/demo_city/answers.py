"""Plausible answers to any form, in the shape a draft keeps them."""

import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from applications import typed
from applications.definition import TODAY, Field, Form
from applications.enums import FieldType
from cityhall.days import today
from residents.models import Resident

_LONG = "緑野市に引っ越してきました。よろしくお願いします。"


def fill(form: Form, resident: Resident, prefilled: typed.Typed) -> typed.Typed:
    """What was filled in by the city stays; the other required questions get an answer each."""
    values = dict(prefilled)
    for field in form.fields:
        if field.required and field.key not in values and field.type != FieldType.FILE:
            values[field.key] = _answer(field, resident)
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


def _answer(field: Field, resident: Resident) -> typed.Value:
    if field.type == FieldType.DATE:
        return typed.from_date(_date(field))
    if field.type == FieldType.ADDRESS:
        parts = ("postal_code", "prefecture", "city", "town", "street", "building")
        return {part: getattr(resident, part) for part in parts}
    if field.type == FieldType.CHECKBOXES:
        return [field.options[0].value]
    return _text(field, resident)


def _text(field: Field, resident: Resident) -> str:
    fixed = {
        FieldType.YES_NO: "no",
        FieldType.CONSENT: typed.GIVEN,
        FieldType.EMAIL: "demo@example.jp",
        FieldType.PHONE: "0428-00-0001",
        FieldType.KANA: resident.full_kana,
        FieldType.NUMBER: field.min or "1",
        FieldType.LONG_TEXT: _LONG,
    }
    if field.type == FieldType.CHOICE:
        return field.options[0].value
    return field.example or fixed.get(field.type) or resident.full_name


def _date(field: Field) -> dt.date:
    """Some weeks ago, or the nearest day the question allows."""
    day = today() - dt.timedelta(days=20)
    if field.min is not None:
        # a day to come: collections and openings are a week away at least
        day = max(day, today() + dt.timedelta(days=10) if field.min == TODAY else dt.date.fromisoformat(field.min))
    if field.max is not None:
        day = min(day, today() if field.max == TODAY else dt.date.fromisoformat(field.max))
    return day
