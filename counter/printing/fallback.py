"""The sheet on which a visit goes on by hand, and blank ones for the day the network is down. Typst; no query."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from applications.answers import NO, YES
from applications.definition import OTHER, Field, Page
from applications.enums import FieldType
from applications.typed import NOT_TYPED, Value
from cityhall.fonts import GlyphMissing
from cityhall.qr import qr_svg
from counter import codes
from counter.combined import Combined
from counter.queries.sources import words_of
from notices.typesetting.compiler import set_pdf
from notices.typesetting.tree import GOTHIC, lines, runs

_LAYOUT: Final = Path(__file__).parent / "fallback.typ"
_LOW, _HIGH, _DATE = 7, 18, 7
_TALL: Final = frozenset({FieldType.LONG_TEXT, FieldType.ADDRESS, FieldType.RESIDENT_ADDRESS, FieldType.BANK_ACCOUNT})
_DAYS: Final = frozenset({FieldType.DATE, FieldType.DATE_TIME})
_FREE_ROWS: Final = 3
"""Blocks to write in of a repeating group that nobody has answered."""
_FREE_LINES: Final = 5
"""The same where a row is one line: a family of six is on one sheet."""
_COLUMNS_MOST: Final = 5
"""Questions of a group that stand beside each other; more of them stand below each other, for every row."""
_HINT_MOST: Final = 24
_KEPT_ROWS: Final = 2
"""Questions that go with the signature to the last page: nobody signs a page that says nothing."""


@dataclass(frozen=True)
class Fallback:
    """What is drawn once for each code. `values` are typed values of the combined form, none on a blank sheet."""

    combined: Combined
    codes: Sequence[str]
    city: str
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    """Whose sheet it is, or until when a blank one can be typed in."""
    is_pad: bool = False


def fallback_pdf(sheet: Fallback, *, moment: dt.datetime) -> bytes:
    """A4, every copy with pages and a code of its own. About 50 ms a copy."""
    title = _("手書き用の受付票")
    data = {
        "meta": {"title": title, "author": sheet.city},
        "title": _set(title),
        "about": _set(sheet.about),
        "procedures": [_set(part.title) for part in sheet.combined.parts],
        "scan": _set(_("「来庁」の画面で読み取ると、この用紙の続きを入力できます。")),
        "page-word": _set(_("ページ")),
        "sheets": [_copy(sheet, code, number) for number, code in enumerate(sheet.codes, start=1)],
        **_with_the_end_kept(list(_sections(sheet))),
        "kana": _set(_("フリガナ")),
        "office": [_set(label) for label in (_("受け取った日・職員"), _("本人確認の書類"), _("確認した書類"))],
        "sign-note": _set(_("上の内容で申請します。")),
        "sign": _set(_("署名")),
        "footer": _set(f"{sheet.city}　{title}"),
    }
    return set_pdf(_LAYOUT, data, moment=moment, standard=None)


def _copy(sheet: Fallback, code: str, number: int) -> dict[str, Any]:
    """Digits to be told where they lead somewhere: a visit is found in the list of the day as well."""
    read = codes.read_code(code) if sheet.is_pad else None
    spoken = codes.written(codes.spoken_code(read.token)) if read else ""
    return {
        "qr": qr_svg(code),
        "code": _set(spoken),
        "name": _set(_("用紙%(number)s") % {"number": number} if sheet.is_pad else ""),
    }


def _sections(sheet: Fallback) -> Iterator[dict[str, Any]]:
    for page in sheet.combined.form.pages:
        if parts := list(_parts(page, sheet.values)):
            yield {"title": _set(page.title), "parts": parts}


def _with_the_end_kept(sections: list[dict[str, Any]]) -> dict[str, Any]:
    """The last questions apart from the rest: they stand on the page of the signature."""
    end = sections[-1]["parts"][-1] if sections else {}
    if end.get("kind") != "rows" or "label" in end or len(end["rows"]) <= _KEPT_ROWS:
        return {"sections": sections, "last": []}
    *before, last = sections
    shortened = [*last["parts"][:-1], end | {"rows": end["rows"][:-_KEPT_ROWS]}]
    return {"sections": [*before, last | {"parts": shortened}], "last": end["rows"][-_KEPT_ROWS:]}


def _parts(page: Page, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Questions in tables, groups between them."""
    rows: list[dict[str, Any]] = []
    for one in page.fields:
        if one.type == FieldType.ROWS:
            if rows:
                yield {"kind": "rows", "rows": rows}
            rows = []
            yield from _group(one, values.get(one.key))
        elif one.type not in NOT_TYPED:
            rows.append(_question(one, values.get(one.key)))
    if rows:
        yield {"kind": "rows", "rows": rows}


def _question(one: Field, value: Value | None) -> dict[str, Any]:
    row = {"kind": "text", "label": _set(one.label), "note": _set(_note(one)), "words": [], "height": _LOW}
    row["kana"] = one.type == FieldType.NAME
    if one.options or one.type in (FieldType.YES_NO, FieldType.CONSENT):
        return row | {
            "kind": "options",
            "options": list(_options(one, value)),
            "text": _words(one.consent_text) if one.type == FieldType.CONSENT else [],
        }
    if value:
        row["words"] = _words(words_of(one, value))
    if one.type in _DAYS:
        return row | {
            "kind": "date",
            "height": _DATE,
            "parts": _set(_("大正・昭和・平成・令和・西暦　　　　年　　　　月　　　　日")),
        }
    return row | {"height": _HIGH if one.type in _TALL else _LOW}


def _note(one: Field) -> str:
    """On paper nothing is hidden: what not everybody is asked is said to be so."""
    if one.visible_when is not None:
        return _("（あてはまる方）")
    return "" if one.required else _("（任意）")


def _options(one: Field, value: Value | None) -> Iterator[dict[str, Any]]:
    known = {option.value: option.label for option in one.options}
    if one.type == FieldType.YES_NO:
        known = {YES: _("はい"), NO: _("いいえ")}
    elif one.type == FieldType.CONSENT:
        known = {"given": _("同意します")}
    chosen = set(value if isinstance(value, list) else [str(value or "")])
    if one.other:
        known[OTHER] = _("その他（　　　　　　　　）")
    is_given = one.type == FieldType.CONSENT and bool(value)
    for key, label in known.items():
        yield {"on": key in chosen or is_given, "label": _set(label)}


def _group(group: Field, rows: Any) -> Iterator[dict[str, Any]]:
    """A line a row, and free ones: a form that is half answered may have more to come."""
    asked = [one for one in group.fields if one.type not in NOT_TYPED]
    filled = [row["values"] for row in rows or () if isinstance(row, dict) and row.get("values")]
    most = _FREE_LINES if len(asked) <= _COLUMNS_MOST else _FREE_ROWS
    free = max(min(most, (group.max_rows or most) - len(filled)), 0)
    more = _more(group, len(filled) + free)
    lines_of: list[Mapping[str, Any]] = [*filled, *({} for _row in range(free))]
    if len(asked) > _COLUMNS_MOST:
        for number, row in enumerate(lines_of, start=1):
            title = {"label": _set(f"{group.label} {number}")}
            after = {"more": more if number == len(lines_of) else []}
            yield {"kind": "rows", "rows": [_question(one, row.get(one.key)) for one in asked]} | title | after
        return
    yield {
        "kind": "group",
        "label": _set(group.label),
        "head": [_set(one.label) for one in asked],
        "lines": [[_cell(one, row.get(one.key)) for one in asked] for row in lines_of],
        "more": more,
    }


def _more(group: Field, printed: int) -> list[Any]:
    """Where to write on when the form takes more rows than the sheet has."""
    left = (group.max_rows or printed) - printed
    if left <= 0:
        return []
    return _set(
        _("書ききれないときは、別紙に番号%(number)sから続けて書き、この用紙に添えてください（あと%(left)s件まで）。")
        % {"number": printed + 1, "left": left}
    )


def _cell(one: Field, value: Value | None) -> dict[str, Any]:
    """What is answered; of a few short options, which there are."""
    named = _("はい・いいえ") if one.type == FieldType.YES_NO else "・".join(option.label for option in one.options)
    hint = named if len(named) <= _HINT_MOST else ""
    words = _words(words_of(one, value)) if value else []
    return {"words": words, "hint": _set(hint), "kana": one.type == FieldType.NAME}


def _words(text: str) -> list[Any]:
    """An answer; where a font has not all of its characters it is written by hand, and nobody gets a tofu."""
    try:
        return lines(text, style=GOTHIC)
    except GlyphMissing:
        return []


def _set(text: str) -> list[Any]:
    try:
        return runs(str(text), style=GOTHIC)
    except GlyphMissing:
        return runs(_("（印字できない文字があります）"), style=GOTHIC)
