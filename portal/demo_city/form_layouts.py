"""A blank form of the fictional city with the answers of a procedure placed on it."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from applications.models import Procedure
from cityhall.models import User
from cityhall.queries.city import municipality
from cityhall.services.files import check_pending_files
from counter.enums import SpotAlign, SpotFixed, SpotKind, SpotPart
from counter.layouts import Spot
from counter.models import FormLayout
from counter.services import layouts
from notices.typesetting.compiler import set_pdf

PROCEDURE = "tennyu-yoyaku"
TITLE = "住民異動届"
BLANK = Path(__file__).parent / "forms" / "ido_todoke.typ"
SIZES = ((210.0, 297.0),)
_BIRTH, _MOVED = "applicant_birth_date", "moving_on"
_ROWS, _FIRST_ROW, _ROW_HEIGHT = 4, 141, 11
Box = tuple[float, float, float, float]


def load_form_layouts() -> None:
    """The form in use, once."""
    if FormLayout.objects.exists():
        return
    by = User.objects.get(email="admin@city.example.jp")
    made = layouts.make_layout(
        procedure=Procedure.objects.get(key=PROCEDURE),
        title=TITLE,
        upload=SimpleUploadedFile("juminidotodoke.pdf", blank_pdf(), content_type="application/pdf"),
        by=by,
        valid_from=dt.date(2026, 4, 1),
        prints_rest=True,
    )
    check_pending_files()
    made.blank.refresh_from_db()
    layouts.place_spots(made, spots())
    layouts.activate(made, by=by)


def blank_pdf() -> bytes:
    """The paper itself, drawn from our own source."""
    city = municipality()
    data = {"city": city.name, "mayor": city.mayor_title}
    return set_pdf(BLANK, data, moment=timezone.now(), standard=None)


def spots() -> tuple[Spot, ...]:
    """Every place on the form, numbered in its order."""
    places = [*_head(), *_person(), *_addresses(), *_people(), *_foot()]
    return tuple(Spot(number=number, page=1, **place) for number, place in enumerate(places, start=1))


def _place(box: Box, question: str = "", kind: SpotKind = SpotKind.TEXT, **more: Any) -> dict[str, Any]:
    x, y, width, height = box
    return {"x": x, "y": y, "width": width, "height": height, "question": question, "kind": kind} | more


def _part(box: Box, question: str, part: SpotPart) -> dict[str, Any]:
    """A year, a month or a day, before the word that is printed on the form."""
    return _place(box, question, part=part, align=SpotAlign.RIGHT)


def _head() -> Iterator[dict[str, Any]]:
    yield _place((147, 26, 42, 6), fixed=SpotFixed.NUMBER, align=SpotAlign.CENTER)
    yield _place((147, 34, 42, 6), fixed=SpotFixed.RECEIVED_ON, align=SpotAlign.CENTER)
    for option, box in (("in", (57, 45.5, 16, 7)), ("within", (82, 45.5, 16, 7)), ("abroad", (107, 45.5, 30, 7))):
        yield _place(box, "move_kind", SpotKind.CIRCLE, option=option)
    yield _part((64, 56, 12, 6), _MOVED, SpotPart.YEAR)
    yield _part((83, 56, 11, 6), _MOVED, SpotPart.MONTH)
    yield _part((101, 56, 11, 6), _MOVED, SpotPart.DAY)


def _person() -> Iterator[dict[str, Any]]:
    yield _place((50, 64, 140, 8), "applicant_name", SpotKind.BOXES, part=SpotPart.KANA, boxes=20)
    yield _place((52, 73, 66, 10), "applicant_name", largest=14)
    for index, era in enumerate(("meiji", "taisho", "showa", "heisei", "reiwa")):
        box = (142.2 + index * 8, 72.6, 5.6, 5.3)
        yield _place(box, _BIRTH, SpotKind.CIRCLE, part=SpotPart.ERA, option=era)
    yield _part((141, 78.5, 10, 5), _BIRTH, SpotPart.YEAR)
    yield _part((157, 78.5, 8, 5), _BIRTH, SpotPart.MONTH)
    yield _part((171, 78.5, 8, 5), _BIRTH, SpotPart.DAY)
    yield _place((52, 85, 66, 6), "applicant_phone")
    yield _place((141, 84.5, 48, 7), "applicant_email", smallest=5)


def _addresses() -> Iterator[dict[str, Any]]:
    for top, question in ((92, "applicant_address"), (109, "new_address")):
        yield _place((57, top + 1, 15, 6), question, SpotKind.BOXES, part=SpotPart.POSTAL_FIRST, boxes=3)
        yield _place((77, top + 1, 20, 6), question, SpotKind.BOXES, part=SpotPart.POSTAL_LAST, boxes=4)
        yield _place((52, top + 7.5, 136, 9), question, part=SpotPart.LINE)


def _people() -> Iterator[dict[str, Any]]:
    for row in range(1, _ROWS + 1):
        top = _FIRST_ROW + (row - 1) * _ROW_HEIGHT
        yield _place((29, top + 1, 68, 9), f"movers.{row}.mover_name")
        yield _place((99, top + 1, 46, 9), f"movers.{row}.mover_birth_date", align=SpotAlign.CENTER)
        yield _place((147, top + 1, 42, 9), f"movers.{row}.mover_relationship", align=SpotAlign.CENTER)


def _foot() -> Iterator[dict[str, Any]]:
    yield _place((23, 192, 4, 4), "used_mynaportal", SpotKind.CHECK, option="yes")
    yield _place((52, 200, 136, 12), "language_help")
    yield _place((118, 226, 70, 13), kind=SpotKind.IMAGE, fixed=SpotFixed.SIGNATURE, align=SpotAlign.CENTER)
