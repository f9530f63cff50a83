"""What was entered beside what the city has: the same, the same but for the shape of a character, or different.

What is the same is masked, so that only the difference is read on a screen that others see. Characters count with
their variation selectors (異体字): 葛󠄀 and 葛 are two shapes, and are told apart by their code points.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counter.combined import Combined
from counter.entries import answer_of
from residents.dates import PartialDate, in_words, read_iso
from residents.models import Resident
from residents.names import fold_kana, fold_name, join_name

MASK: Final = "＊"
_UNIT: Final = re.compile("[^\ufe00-\ufe0f\U000e0100-\U000e01ef][\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)
_BLANK: Final = re.compile(r"\s+")


class Likeness(TextChoices):
    SAME = "same", _("一致")
    ALIKE = "alike", _("字の形や表記の違い")
    DIFFERS = "differs", _("違います")
    UNKNOWN = "unknown", _("市の登録にありません")


@dataclass(frozen=True)
class Piece:
    """A stretch of a text. `points`: the code points, where shapes are hard to tell apart."""

    text: str
    differs: bool = False
    points: str = ""


@dataclass(frozen=True)
class Compared:
    """One thing that was entered. `what` is its name in events."""

    what: str
    label: str | Promise
    likeness: Likeness
    entered: tuple[Piece, ...] = ()
    held: tuple[Piece, ...] = ()

    @property
    def likeness_words(self) -> str:
        """The word for it."""
        return str(self.likeness.label)

    @property
    def is_different(self) -> bool:
        return self.likeness in (Likeness.ALIKE, Likeness.DIFFERS)


def compare(entered: Mapping[str, Any], resident: Resident, *, address: str) -> list[Compared]:
    """What was entered (`entered_in`), compared with a resident. `address` is the part of theirs that may be shown."""
    return [
        *_compared("name", _("氏名"), entered.get("name", ""), resident.full_name, fold_name),
        *_compared("kana", _("フリガナ"), entered.get("kana", ""), resident.full_kana, fold_kana),
        *_birth(entered.get("birth_date", ""), resident),
        *_compared("address", _("住所"), entered.get("address", ""), address, _fold_address),
    ]


@dataclass(frozen=True)
class Told:
    """One thing as each source says it, "" where one says nothing of it; whether they contradict each other."""

    label: str | Promise
    texts: tuple[str, ...]
    is_different: bool


def side_by_side(sources: Sequence[Mapping[str, str]]) -> list[Told]:
    """What was brought by somebody without a record, unmasked: staff hold it against the document they are shown."""
    found: list[Told] = []
    for what, (label, fold) in _TOLD.items():
        texts = tuple(source.get(what, "") for source in sources)
        if not any(texts):
            continue
        said = {fold(_BLANK.sub("", text)) for text in texts if text}
        shown = tuple(_day_in_words(text) for text in texts) if what == "birth_date" else texts
        found.append(Told(label, shown, is_different=len(said) > 1))
    return found


def _day_in_words(text: str) -> str:
    """As documents write it; what is no date yet stays as it was typed."""
    day = read_iso(text)
    return in_words(day) if day else text


def entered_in(combined: Combined, values: Mapping[str, Any]) -> dict[str, str]:
    """Name, reading, birth date and address of the applicant, as far as they were typed and can be understood."""
    found: dict[str, str] = {}
    for field in combined.form.questions:
        role, _dot, what = (field.concept or "").partition(".")
        if role != "applicant" or what not in _WORDS or what in found or not values.get(field.key):
            continue
        told = answer_of(field, values[field.key])
        # what is not complete yet can be compared as it stands
        answer = told[field.key] if isinstance(told, dict) and field.key in told else told
        for name, text in _WORDS[what](answer):
            if text:
                found.setdefault(name, text)
    return found


def _names(answer: Any) -> Iterator[tuple[str, str]]:
    if isinstance(answer, str):
        yield "name", answer
    elif isinstance(answer, dict):
        yield "name", join_name(answer.get("family", ""), answer.get("given", ""))
        yield "kana", join_name(answer.get("family_kana", ""), answer.get("given_kana", ""))


def _address(answer: Any) -> Iterator[tuple[str, str]]:
    if isinstance(answer, dict):
        line = "".join(answer.get(part, "") for part in ("prefecture", "city", "town", "street"))
        yield "address", f"{line} {answer.get('building', '')}".strip()


def _text(name: str) -> Callable[[Any], Iterator[tuple[str, str]]]:
    def words(answer: Any) -> Iterator[tuple[str, str]]:
        if isinstance(answer, str):
            yield name, answer

    return words


_WORDS: Final[Mapping[str, Callable[[Any], Iterator[tuple[str, str]]]]] = {
    "name": _names,
    "kana": _text("kana"),
    "birth_date": _text("birth_date"),
    "address": _address,
}


def _compared(
    what: str, label: str | Promise, entered: str, held: str, fold: Callable[[str], str]
) -> Iterator[Compared]:
    if not entered:
        return
    if not held:
        yield Compared(what, label, Likeness.UNKNOWN, entered=(Piece(entered),))
        return
    one, other = _BLANK.sub("", entered), _BLANK.sub("", held)
    if one == other:
        yield Compared(what, label, Likeness.SAME)
        return
    is_alike = fold(one) == fold(other)
    pieces = _pieces(one, other, with_points=is_alike)
    yield Compared(what, label, Likeness.ALIKE if is_alike else Likeness.DIFFERS, *pieces)


def _birth(entered: str, resident: Resident) -> Iterator[Compared]:
    """Only what the city knows of the date is compared: nobody can prove a day that no register has."""
    if not entered:
        return
    label = _("生年月日")
    held = PartialDate(resident.birth_year, resident.birth_month, resident.birth_day)
    if held.year is None:
        yield Compared("birth_date", label, Likeness.UNKNOWN)
        return
    day = read_iso(entered)
    if day is None:
        return
    pairs = ((held.year, day.year), (held.month, day.month), (held.day, day.day))
    if any(known is not None and said is not None and known != said for known, said in pairs):
        likeness = Likeness.DIFFERS
    else:
        # unknown here as there is the same; unknown on one side alone is no contradiction
        likeness = Likeness.SAME if held == day else Likeness.ALIKE
    if likeness == Likeness.SAME:
        yield Compared("birth_date", label, likeness)
        return
    pieces = ((Piece(in_words(one), differs=True),) for one in (day, held))
    yield Compared("birth_date", label, likeness, *pieces)


def _pieces(one: str, other: str, *, with_points: bool) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts cut at where they differ; what they share is masked."""
    left, right = _UNIT.findall(one), _UNIT.findall(other)
    found: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for side, units in ((0, left[a:b]), (1, right[c:d])):
            if not units:
                continue
            if tag == "equal":
                found[side].append(Piece(MASK * len(units)))
            else:
                text = "".join(units)
                found[side].append(Piece(text, True, _points(text) if with_points else ""))
    return tuple(found[0]), tuple(found[1])


def _points(text: str) -> str:
    return " ".join(f"U+{ord(one):04X}" for one in text)


def _fold_address(text: str) -> str:
    """Width, hyphens and the words between numbers: 二丁目3番1号 stays another writing than 2-3-1."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"丁目|番地の?|番|号|[-‐−–—ー]", "-", plain).strip("-")


_TOLD: Final[Mapping[str, tuple[str | Promise, Callable[[str], str]]]] = {
    "name": (_("氏名"), fold_name),
    "kana": (_("フリガナ"), fold_kana),
    "birth_date": (_("生年月日"), str),
    "address": (_("住所"), _fold_address),
}
"""What a document says of a person, and when two ways to write it are the same."""
