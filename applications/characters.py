"""Rules on characters: what is converted for the person, and what no conversion can help (no Django here).

JIS X 0208 holds the kanji of level 1 and 2, JIS X 0213 those up to level 4. Their code points stand for
several shapes of one kanji (包摂), so variation selectors are dropped under these rules and kept without one.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

import jaconv

from cityhall.text import graphemes

SAME_CHARACTER: Mapping[str, str] = {"－": "−", "～": "〜", "∥": "‖", "￠": "¢", "￡": "£", "￢": "¬", "—": "―"}
"""What Windows and Unicode took for the same character of JIS X 0208; both are good."""
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_HALF_KANA = re.compile("[\uff61-\uff9f]+")
_HYPHENS = re.compile("[‐‑‒–—―−－ー]")
_KATAKANA = re.compile(r"[ァ-ヺーヽヾ・　＝’\n]")
_HIRAGANA = re.compile(r"[ぁ-ゖーゝゞ・　\n]")


def to_katakana(text: str) -> str:
    """Hiragana and half-width kana as full-width katakana, with full-width blanks."""
    return jaconv.hira2kata(jaconv.h2z(text, kana=True)).replace(" ", "　")


def to_hiragana(text: str) -> str:
    """Katakana of any width as hiragana, with full-width blanks."""
    return jaconv.kata2hira(jaconv.h2z(text, kana=True)).replace(" ", "　")


def _to_ascii(text: str) -> str:
    return unicodedata.normalize("NFKC", _HYPHENS.sub("-", text))


def _to_digits(text: str) -> str:
    """Digits only; the hyphens and blanks people put between them go."""
    return re.sub(r"[-\s]", "", _to_ascii(text))


def _to_jis(text: str) -> str:
    wide = _HALF_KANA.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text)
    return _SELECTORS.sub("", wide)


def _is_jis(codec: str) -> Callable[[str], bool]:
    def is_in_set(character: str) -> bool:
        try:
            "".join(SAME_CHARACTER.get(one, one) for one in character).encode(codec)
        except UnicodeEncodeError:
            return False
        return True

    return is_in_set


_RULES: Mapping[str, tuple[Callable[[str], str], Callable[[str], bool]]] = {
    # the codec knows ASCII and JIS X 0208, nothing else once half-width kana are gone
    "jis_x_0208": (_to_jis, _is_jis("iso2022_jp")),
    "jis_x_0213": (_to_jis, _is_jis("euc_jis_2004")),
    "katakana": (to_katakana, lambda one: bool(_KATAKANA.fullmatch(one))),
    "hiragana": (to_hiragana, lambda one: bool(_HIRAGANA.fullmatch(one))),
    "ascii": (_to_ascii, lambda one: one.isascii() and (one.isprintable() or one == "\n")),
    "digits": (_to_digits, lambda one: one.isascii() and one.isdigit()),
}


def convert(text: str, charset: str) -> str:
    """The text with width and script as the rule wants them; unchanged without a rule."""
    return _RULES[charset][0](text) if charset else text


def unusable(text: str, charset: str) -> list[str]:
    """The characters, as people see them, that the rule has no place for: each once, in their order."""
    if not charset:
        return []
    is_usable = _RULES[charset][1]
    return list(dict.fromkeys(one for one in graphemes(text) if not is_usable(one)))
