"""Which font can show which character, told from the fonts themselves, so that no letter carries a tofu.

Typesetters fall back silently and pass over variation selectors they cannot show; a name with a
missing glyph must reach a person instead of a resident.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.text import graphemes

FAMILIES = {
    "mincho": ("BIZ UDMincho", "IPAmjMincho", "Noto Serif CJK JP"),
    "gothic": ("BIZ UDGothic", "IPAmjMincho", "Noto Sans CJK JP"),
}
"""First choice first. IPAmj明朝 has the 52,605 kanji of family registers, the Noto fonts all of JIS X 0213."""
_FILES = {
    "BIZ UDMincho": "BIZUDMincho-Regular.ttf",
    "BIZ UDGothic": "BIZUDGothic-Regular.ttf",
    "IPAmjMincho": "ipamjm.ttf",
    "Noto Serif CJK JP": "NotoSerifCJK-Regular.ttc",
    "Noto Sans CJK JP": "NotoSansCJK-Regular.ttc",
}
_SYSTEM_DIRS = ("/usr/share/fonts", "/usr/local/share/fonts")
_LAYOUT_CHARACTERS = frozenset("\n\r\t \u3000")


class GlyphMissing(DomainError):
    """No installed font has one of the characters."""

    code = "glyph_missing"

    def __init__(self, grapheme: str) -> None:
        self.grapheme = grapheme
        points = " ".join(f"U+{ord(character):04X}" for character in grapheme)
        super().__init__(
            _("文字「%(character)s」（%(points)s）を印字できるフォントがありません。")
            % {"character": grapheme, "points": points}
        )


@dataclass(frozen=True)
class Run:
    """A piece of text and the family it is set in."""

    text: str
    family: str


@dataclass(frozen=True)
class _Coverage:
    """The characters of a font, and its pairs of character and variation selector."""

    characters: frozenset[int]
    variations: frozenset[tuple[int, int]]

    def has(self, grapheme: str) -> bool:
        points = [ord(character) for character in grapheme]
        for index, point in enumerate(points):
            if _is_selector(point):
                if index == 0 or (points[index - 1], point) not in self.variations:
                    return False
            elif point not in self.characters:
                return False
        return True


def plan(text: str, *, style: str = "mincho") -> list[Run]:
    """The text in runs of one family each: the first family of the style that has the whole character.

    Raises GlyphMissing. Reads the fonts once in a process (0.1 s each).
    """
    runs: list[Run] = []
    for grapheme in graphemes(text):
        # blanks and line ends go with what stands before them
        if grapheme in _LAYOUT_CHARACTERS or grapheme == "\r\n":
            family = runs[-1].family if runs else FAMILIES[style][0]
        else:
            family = _family_for(grapheme, style)
        if runs and runs[-1].family == family:
            runs[-1] = Run(runs[-1].text + grapheme, family)
        else:
            runs.append(Run(grapheme, family))
    return runs


@lru_cache(maxsize=20_000)
def _family_for(grapheme: str, style: str) -> str:
    for family in FAMILIES[style]:
        coverage = _coverage(family)
        if coverage is not None and coverage.has(grapheme):
            return family
    raise GlyphMissing(grapheme)


def font_files() -> dict[str, Path]:
    """The file of each family that is installed: in FONT_DIRS, Debian's folders, or wherever fontconfig knows."""
    return dict(_installed())


@lru_cache(maxsize=1)
def _installed() -> tuple[tuple[str, Path], ...]:
    found: dict[str, Path] = {}
    for folder in (*settings.FONT_DIRS, *_SYSTEM_DIRS):
        by_name = {path.name: path for path in sorted(Path(folder).rglob("*.tt[fc]"))}
        for family, file_name in _FILES.items():
            if file_name in by_name:
                found.setdefault(family, by_name[file_name])
    for family in _FILES.keys() - found.keys():
        path = _ask_fontconfig(family)
        if path is not None:
            found[family] = path
    return tuple(sorted(found.items()))


def _ask_fontconfig(family: str) -> Path | None:
    try:
        answer = subprocess.run(  # noqa: S603 - fixed words and a family name of ours
            ["fc-match", "--format=%{family}\n%{file}", f"{family}:style=Regular"],  # noqa: S607 - found on PATH
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    names, _newline, file_name = answer.partition("\n")
    # fc-match always answers, with another family when it has not this one
    return Path(file_name) if family in names.split(",") and Path(file_name).suffix != ".ttc" else None


@lru_cache(maxsize=len(_FILES))
def _coverage(family: str) -> _Coverage | None:
    path = font_files().get(family)
    if path is None:
        return None
    # imported here: the web process needs it only for a preview
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=_face_number(path, family), lazy=True) as font:
        # the names of the glyphs are of no use here, and reading them is two thirds of the work
        font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
        return _Coverage(frozenset(font.getBestCmap()), frozenset(_variations(font["cmap"])))


def _face_number(path: Path, family: str) -> int:
    """Which face of a collection is the Japanese one."""
    if path.suffix != ".ttc":
        return -1
    from fontTools.ttLib import TTCollection

    with TTCollection(path, lazy=True) as collection:
        names = [face["name"].getBestFamilyName() for face in collection.fonts]
    return names.index(family)


def _variations(cmap: object) -> Iterator[tuple[int, int]]:
    for table in cmap.tables:  # type: ignore[attr-defined]
        if table.format == 14:
            for selector, pairs in table.uvsDict.items():
                yield from ((base, selector) for base, _glyph in pairs)


def _is_selector(point: int) -> bool:
    return 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
