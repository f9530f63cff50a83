"""Text as CP932 (what Japanese spreadsheet programs call Shift_JIS): what it cannot hold becomes 〓, and is told."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

GETA: Final = "〓"
MOST_PLACES: Final = 500
_COMPOSED: Final = re.compile("[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+")
_TWINS: Final = str.maketrans(
    {
        # the same signs under the numbers that Microsoft gave them
        "\u301c": "\uff5e",  # 〜
        "\u2212": "\uff0d",  # −
        "\u2016": "\u2225",  # ‖
        "\u2014": "\u2015",  # —
        "\u00a2": "\uffe0",  # ¢
        "\u00a3": "\uffe1",  # £
        "\u00ac": "\uffe2",  # ¬
        "\u00a5": "\uffe5",  # ¥
        "\u00a6": "\uffe4",  # ¦
        "\u00a0": " ",
    }
)


@dataclass
class Replaced:
    """Which characters were replaced how often, and the first places where."""

    characters: Counter[str] = field(default_factory=Counter)
    places: list[tuple[str, str, str]] = field(default_factory=list)
    """Number of the case, key of the column, characters."""

    def note(self, number: str, column: str, characters: list[str]) -> None:
        self.characters.update(characters)
        if len(self.places) < MOST_PLACES:
            self.places.append((number, column, " ".join(code_point(one) for one in characters)))

    def stored(self) -> dict[str, Any]:
        """For the report of an extract; characters of names, and whose they are is told by the number alone."""
        return {
            "replaced": self.characters.total(),
            "characters": [[code_point(one), count] for one, count in self.characters.most_common(200)],
            "places": [list(place) for place in self.places],
        }


def code_point(character: str) -> str:
    """U+20BB7"""
    return f"U+{ord(character):04X}"


def to_cp932(text: str) -> tuple[str, list[str]]:
    """The text as CP932 can hold it, and the characters that it cannot.

    Signs that only have another number there are exchanged, composed letters put together; the mark of a variant form
    (IVS) goes and its letter stays; everything else becomes 〓.
    """
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        # only where marks follow a letter: normalizing all would exchange 神 for another form of the same sign
        text = _COMPOSED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text).translate(_TWINS)
    else:
        return text, []
    kept: list[str] = []
    lost: list[str] = []
    for character in text:
        if _fits(character):
            kept.append(character)
            continue
        lost.append(character)
        if not _is_mark(character):
            kept.append(GETA)
    return "".join(kept), lost


def _fits(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _is_mark(character: str) -> bool:
    """Variation selectors and joiners change the sign before them and stand for none."""
    number = ord(character)
    return 0xFE00 <= number <= 0xFE0F or 0xE0100 <= number <= 0xE01EF or number == 0x200D
