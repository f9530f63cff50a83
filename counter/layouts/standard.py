"""The default layout: a form as a city prints it, made from the questions of the procedure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import Entry, Row, Section
from applications.definition import OTHER, Field
from applications.enums import FieldType
from counter.enums import SpotFixed, SpotPart
from counter.layouts.errors import printable
from counter.layouts.overlay import picture_of
from counter.layouts.papers import APPLICANT_CONCEPTS, Paper
from counter.layouts.reading import chosen, options_of, written
from notices.typesetting.compiler import set_pdf
from notices.typesetting.tree import lines, runs

_LAYOUT = Path(__file__).parent / "standard.typ"
_COLUMNS_MOST = 5
_OPTIONS_MOST, _OPTIONS_LENGTH = 8, 110
_TICKED = frozenset({FieldType.CHOICE, FieldType.CHECKBOXES, FieldType.YES_NO})
_NARROW, _WIDE = 5, 24


def standard_pdf(paper: Paper, *, moment: dt.datetime) -> bytes:
    """A4 pages of one form, numbered by themselves. About 20 ms. Raises NotPrintable."""
    data = {
        "meta": {"title": f"{paper.title} {paper.number}".strip(), "author": paper.city},
        "title": _set(paper.title, _("手続の名前")),
        "title-length": len(paper.title),
        "mark": runs(paper.mark),
        "mayor": _set(_fixed(paper, SpotFixed.MAYOR), str(SpotFixed.MAYOR.label)),
        "honorific": runs(_("様")),
        "head": list(_lines_of(paper, SpotFixed.NUMBER, SpotFixed.RECEIVED_ON)),
        "applicant-word": runs(_("申請者")),
        "applicant": list(_lines_of(paper, *APPLICANT_CONCEPTS, SpotFixed.AGENT_NAME, only_known=True)),
        "statement": runs(_("次のとおり申請します。")),
        "sections": [drawn for section in paper.sections if (drawn := _section(paper, section))["parts"]],
        "office-word": runs(_("市の記入欄")),
        "office": [_row(label, text) for label, text in paper.office],
        "signature": _signature(paper),
        "footer": runs(f"{paper.title}　{paper.number}".strip()),
    }
    return set_pdf(_LAYOUT, data, moment=moment, standard=None)


def refusal_pdf(paper: Paper, why: str, *, moment: dt.datetime) -> bytes:
    """A sheet that stands for a form nobody can print: which one, and what a person does now."""
    told = _("この様式は印字していません。手書きの様式をお使いください。")
    plain = "".join(one if _can_be_set(one) else "■" for one in why)
    data = {
        "meta": {"title": paper.title, "author": paper.city},
        "title": runs(paper.title),
        "number": runs(_("受付番号 %(number)s") % {"number": paper.number}) if paper.number else [],
        "told": runs(told),
        "why": runs(plain),
        "mark": runs(paper.mark),
    }
    return set_pdf(_LAYOUT.with_name("refusal.typ"), data, moment=moment, standard=None)


def _can_be_set(character: str) -> bool:
    from cityhall.fonts import GlyphMissing

    try:
        runs(character)
    except GlyphMissing:
        return False
    return True


def _set(text: str, label: str) -> list[Any]:
    with printable(label):
        return runs(text)


def _fixed(paper: Paper, what: SpotFixed) -> str:
    value = paper.fixed.get(what)
    return written(value) if value else ""


def _lines_of(paper: Paper, *wanted: SpotFixed, only_known: bool = False) -> Iterator[dict[str, Any]]:
    for what in wanted:
        text = _fixed(paper, what)
        if text or not only_known:
            yield _row(str(_LABELS.get(what, what.label)), text)


_LABELS = {
    SpotFixed.APPLICANT_NAME: gettext_lazy("氏名・名称"),
    SpotFixed.APPLICANT_KANA: gettext_lazy("フリガナ"),
    SpotFixed.APPLICANT_BIRTH_DATE: gettext_lazy("生年月日"),
    SpotFixed.APPLICANT_ADDRESS: gettext_lazy("住所"),
    SpotFixed.APPLICANT_PHONE: gettext_lazy("電話番号"),
}


def _row(label: str, text: str) -> dict[str, Any]:
    with printable(label):
        return {"kind": "text", "label": runs(label), "lines": lines(text)}


def _section(paper: Paper, section: Section) -> dict[str, Any]:
    """The rows of a page, cut where a group or a heading stands between them."""
    parts: list[dict[str, Any]] = []
    for row in section.rows:
        if row.entries:
            parts.append(_group(paper, row) | {"heading": runs(row.label) if row.label != section.title else []})
        elif not _stands_above(paper, row):
            if not parts or parts[-1]["kind"] != "rows" or row.heading:
                parts.append({"kind": "rows", "heading": runs(row.heading), "rows": []})
            parts[-1]["rows"].append(_question(paper, row))
    return {"title": _set(section.title, _("見出し")), "parts": parts}


def _stands_above(paper: Paper, row: Row) -> bool:
    """Whether the head of the form says it already: who the applicant is, and that they signed."""
    field = paper.form.by_key.get(row.key)
    if field is None:
        return False
    above = {concept for what, concept in APPLICANT_CONCEPTS.items() if what in paper.fixed}
    return field.concept in above or field.type == FieldType.SIGNATURE


def _question(paper: Paper, row: Row) -> dict[str, Any]:
    field = paper.form.by_key.get(row.key)
    if field and (options := _options(paper, field)):
        return {"kind": "options", "label": _set(row.label, row.label), "options": options}
    return _row(row.label, _text(row))


def _options(paper: Paper, field: Field) -> list[dict[str, Any]]:
    """Every option with its box, as on paper; none when they are too many to be printed."""
    if field.type not in _TICKED:
        return []
    known = options_of(field.type, {one.value: one.label for one in field.options}, SpotPart.WHOLE)
    value = paper.value(field, paper.answers) if paper.answers.get(field.key) is not None else None
    on = chosen(value) if value else frozenset()
    if field.other:
        text = value.other if value else ""
        known[OTHER] = _("その他（%(text)s）") % {"text": text or "　　　　"}
    # what was chosen from options that are no more is shown as it stands
    if len(known) > _OPTIONS_MOST or sum(map(len, known.values())) > _OPTIONS_LENGTH or on - known.keys():
        return []
    with printable(field.label):
        return [{"on": key in on, "label": runs(label)} for key, label in known.items()]


def _group(paper: Paper, group: Row) -> dict[str, Any]:
    """A table with a line a row when the questions are few, else every row as a table of its own."""
    field = paper.form.by_key.get(group.key)
    questions = [one for one in field.fields if one.is_question] if field else []
    if 0 < len(questions) <= _COLUMNS_MOST:
        return _table(questions, group.entries)
    entries = [
        {"title": _set(entry.title, group.label), "rows": list(map(_sub, entry.rows))} for entry in group.entries
    ]
    return {"kind": "entries", "entries": entries}


def _sub(row: Row) -> dict[str, Any]:
    return _row(row.label, _text(row))


def _table(questions: Sequence[Field], entries: Sequence[Entry]) -> dict[str, Any]:
    cells: list[list[str]] = []
    for entry in entries:
        words = {row.key.rpartition(".")[2]: _text(row) for row in entry.rows}
        cells.append([words.get(field.key, "") for field in questions])
    head = [field.label for field in questions]
    longest = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    drawn = []
    for texts in cells:
        line = []
        for field, text in zip(questions, texts, strict=True):
            with printable(field.label):
                line.append(lines(text))
        drawn.append(line)
    return {
        "kind": "table",
        "head": [_set(label, label) for label in head],
        "widths": [min(max(length, _NARROW), _WIDE) for length in longest],
        "rows": drawn,
    }


def _text(row: Row) -> str:
    return row.text or "、".join(one.name for one in row.files)


def _signature(paper: Paper) -> dict[str, Any] | None:
    """The drawn signature, its words, or a line to sign on; nothing where nobody signs."""
    value = paper.fixed.get(SpotFixed.SIGNATURE)
    if value is None and not paper.is_signed_by_hand:
        return None
    svg = picture_of(paper, value) if value else ""
    text = written(value) if value and not svg else ""
    label = str(SpotFixed.SIGNATURE.label)
    return {"label": runs(label), "svg": svg, "text": _set(text, label)}
