"""The answers of a form laid over the city's blank form: shrunk to their places, in full on a sheet, never cut."""

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from applications.answers import Entry, Row
from applications.enums import FieldType
from cityhall.text import graphemes
from counter.enums import SpotFixed, SpotKind
from counter.layouts.errors import printable
from counter.layouts.papers import APPLICANT_CONCEPTS, Paper, Value
from counter.layouts.reading import chosen, written
from counter.layouts.spots import MARKS, Spot
from notices.typesetting.compiler import set_pdf
from notices.typesetting.tree import lines, runs

_LAYOUT = Path(__file__).parent / "overlay.typ"
_WORD = re.compile(r"[!-~]{4,}")
Sizes = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Sheet:
    """A blank form: its PDF, the size of each page in millimetres, and the places on it."""

    blank: bytes
    sizes: Sizes
    spots: tuple[Spot, ...]
    prints_rest: bool = True


def official_pdf(paper: Paper, sheet: Sheet, *, moment: dt.datetime, grid: bool = False) -> bytes:
    """The blank form with the answers on it, and extra sheets (別紙) for what does not fit.

    `grid` draws millimetres and the edges of the places too. Raises NotPrintable when no font has a character.
    """
    data = {
        "meta": {"title": f"{paper.title} {paper.number}".strip(), "author": paper.city},
        "title": runs(paper.title),
        "number": runs(_("受付番号 %(number)s") % {"number": paper.number}) if paper.number else [],
        "footer": runs(f"{paper.title}　{paper.number}".strip()),
        "mark": runs(paper.mark),
        "extra": {"name": runs(_("別紙")), "head": [runs(one) for one in (_("記号"), _("項目"), _("内容"))]},
        "pages": [list(size) for size in sheet.sizes],
        "spots": [drawn for spot in sheet.spots if (drawn := _drawn(paper, spot)) is not None],
        "rest": list(_rest(paper, sheet)),
        "grid": grid,
        "outlines": [_place(spot) for spot in sheet.spots] if grid else [],
    }
    return laid_over(sheet.blank, set_pdf(_LAYOUT, data, moment=moment, standard=None))


def laid_over(blank: bytes, overlay: bytes) -> bytes:
    """The pages of one file on those of another; pages the first has not follow behind."""
    import pikepdf

    with pikepdf.open(io.BytesIO(blank)) as under, pikepdf.open(io.BytesIO(overlay)) as over:
        for below, above in zip(under.pages, over.pages, strict=False):
            # what a reader sees of the page, whatever it holds beyond that for a print shop
            below.add_overlay(above, pikepdf.Rectangle(below.cropbox))
        under.pages.extend(list(over.pages)[len(under.pages) :])
        # links, scripts and fields of the blank form have no business on paper
        for name in ("/AcroForm", "/OpenAction", "/AA", "/Names"):
            if name in under.Root:
                del under.Root[name]
        target = io.BytesIO()
        under.save(target)
        return target.getvalue()


def _place(spot: Spot) -> dict[str, Any]:
    names = ("number", "page", "x", "y", "width", "height", "largest", "smallest", "boxes")
    return {name: getattr(spot, name) for name in names} | {"kind": spot.kind.value, "align": spot.align.value}


def _drawn(paper: Paper, spot: Spot) -> dict[str, Any] | None:
    """A place with what is printed there; None when that is nothing."""
    value = paper.value_at(spot)
    if value is None:
        return None
    if spot.kind in MARKS:
        return _place(spot) if spot.option in chosen(value, spot.part) else None
    if spot.kind == SpotKind.IMAGE and (svg := picture_of(paper, value)):
        return _place(spot) | {"svg": svg}
    # a seal is a picture: no words of a signature stand for it
    is_seal = spot.fixed == SpotFixed.SEAL and value.type == FieldType.SIGNATURE
    text = "" if is_seal else written(value, spot.part, file_names=paper.file_names)
    if not text:
        return None
    label = label_of(paper, spot)
    with printable(label):
        kept = _place(spot) | {"label": runs(label), "lines": lines(text)}
        if spot.kind == SpotKind.BOXES:
            characters = [one for one in graphemes(text) if not one.isspace()] if spot.boxes else []
            return kept | {"cells": [runs(one) for one in characters]}
        return kept | {"kind": SpotKind.TEXT.value, "words": [runs(word) for word in sorted(set(_WORD.findall(text)))]}


def picture_of(paper: Paper, value: Value) -> str:
    """The picture of a drawn signature or of a photo, as SVG; "" without one."""
    if value.hidden:
        return ""
    if value.type == FieldType.SIGNATURE:
        return paper.picture(value.answer.get("file", ""))
    if value.type == FieldType.PHOTO and value.answer:
        return paper.picture(value.answer[0])
    return ""


def label_of(paper: Paper, spot: Spot) -> str:
    """What a place is called on the extra sheet: the question, with the number of its row."""
    if spot.fixed:
        return str(SpotFixed(spot.fixed).label)
    group = paper.form.by_key.get(spot.group) if spot.group else None
    field = (group.by_key if group else paper.form.by_key).get(spot.key)
    label = field.label if field else spot.question
    return f"{group.label} {spot.row}　{label}" if group else label


def _rest(paper: Paper, sheet: Sheet) -> Iterator[dict[str, Any]]:
    """Answers without a place: rows beyond those the paper has, and with `prints_rest` everything else."""
    placed = {spot.question for spot in sheet.spots}
    known = {concept for fixed, concept in APPLICANT_CONCEPTS.items() if any(s.fixed == fixed for s in sheet.spots)}
    for section in paper.sections:
        for row in section.rows:
            field = paper.form.by_key.get(row.key)
            if row.entries:
                yield from _rest_of_group(row, placed, sheet)
            elif (
                sheet.prints_rest
                and not row.is_blank
                and row.key not in placed
                and not (field and (field.concept in known or field.type == FieldType.SIGNATURE))
            ):
                yield _told(row.label, row)


def _rest_of_group(group: Row, placed: set[str], sheet: Sheet) -> Iterator[dict[str, Any]]:
    most = max((spot.row for spot in sheet.spots if spot.group == group.key), default=0)
    for number, entry in enumerate(group.entries, start=1):
        if number > most and (most or sheet.prints_rest):
            yield from _told_entry(entry, number, group)
        elif sheet.prints_rest:
            missing = [row for row in entry.rows if f"{group.key}.{number}.{row.key.rpartition('.')[2]}" not in placed]
            for row in missing:
                if not row.is_blank:
                    yield _told(f"{group.label} {number}　{row.label}", row)


def _told_entry(entry: Entry, number: int, group: Row) -> Iterator[dict[str, Any]]:
    for row in entry.rows:
        if not row.is_blank:
            yield _told(f"{group.label} {number}　{row.label}", row)


def _told(label: str, row: Row) -> dict[str, Any]:
    text = row.text or "、".join(one.name for one in row.files)
    with printable(label):
        return {"label": runs(label), "lines": lines(text)}
