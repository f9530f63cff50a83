"""A query taken apart into terms: what must be found, each with the words that would do."""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from applications.finding.lexicon import Lexicon
from applications.finding.near import NearWords

MOST_TERMS: Final = 8
"""Terms of a query beyond this many are ignored."""
_LONGEST_PIECE: Final = 16
_BETWEEN: Final = re.compile(r"[\s、。,，!！?？]+")
_ONLY_KANA: Final = re.compile(r"[ぁ-ゖー]+")
_SHORTEST_KANA: Final = 3
"""Fewer hiragana between known words are endings, not words."""
_MEANT: Final = 0.8
_LESS: Final = 0.06
_MISTYPED: Final = 0.75


@dataclass(frozen=True)
class Term:
    """One thing that is looked for. `words` pairs each word that would do with how much it counts."""

    text: str
    words: tuple[tuple[str, float], ...]
    corrected: str = ""
    """The word that was taken instead, if the one typed is nowhere."""


@dataclass(frozen=True)
class Vocabulary:
    """What a query can be taken apart with."""

    lexicon: Lexicon
    words: Collection[str]
    """Folded words that stand for procedures."""
    is_held: Callable[[str], bool]
    """Whether a folded word stands in the name, the reading or the keywords of any procedure."""
    near: NearWords

    def terms(self, text: str) -> list[Term]:
        """The terms of a query. Words with nothing to find (fillers) are none."""
        parts = _BETWEEN.split(unicodedata.normalize("NFKC", text))
        # 児童 手当, or a word written with a blank after each letter
        if self._is_known(whole := self.lexicon.read("".join(parts))):
            parts = [whole]
        found = [term for part in parts for term in self._terms_of(self.lexicon.read(part))]
        if not found and len(whole) > 1 and self.is_held(whole):
            # 届出 alone says little, and is all there is
            found = [self._term(whole)]
        return list({term.text: term for term in found}.values())[:MOST_TERMS]

    def _terms_of(self, word: str) -> list[Term]:
        if not word or word in self.lexicon.fillers:
            return []
        if self._is_known(word):
            return [self._term(word)]
        pieces, strangers, lost = self._pieces(word)
        if not strangers and (pieces or not lost):
            return [self._term(piece) for piece in pieces]
        if not pieces or self.near.nearest(word):
            return [self._stranger(word)]
        return [self._stranger(piece) if piece in strangers else self._term(piece) for piece in pieces]

    def _is_known(self, word: str) -> bool:
        return word in self.lexicon.meanings or word in self.words or (len(word) > 1 and self.is_held(word))

    def _stranger(self, piece: str) -> Term:
        corrected = self.near.nearest(piece)
        return self._corrected(piece, corrected) if corrected else Term(piece, ((piece, 1.0),))

    def _term(self, word: str) -> Term:
        return Term(word, self._alternatives(word))

    def _corrected(self, word: str, instead: list[str]) -> Term:
        words: dict[str, float] = {word: 1.0}
        for one in instead:
            for alternative, weight in self._alternatives(one):
                words[alternative] = max(words.get(alternative, 0), weight * _MISTYPED)
        return Term(word, tuple(words.items()), instead[0])

    def _alternatives(self, word: str) -> tuple[tuple[str, float], ...]:
        """The word itself, then what it means, each a little less likely than the one before."""
        words = {word: 1.0}
        for number, meant in enumerate(self.lexicon.meanings.get(word, ())):
            words.setdefault(meant, _MEANT - _LESS * number)
        return tuple(words.items())

    def _pieces(self, word: str) -> tuple[list[str], set[str], int]:
        """The word cut into known pieces with as few unknown letters as can be; which pieces are unknown; how many.

        Fillers are gone, and so are the endings of a few hiragana between known pieces.
        """
        best: list[tuple[int, int, tuple[str, ...]]] = [(0, 0, ())]
        for end in range(1, len(word) + 1):
            lost, count, before = best[end - 1]
            choices = [(lost + 1, count, (*before, "?" + word[end - 1]))]
            for start in range(max(0, end - _LONGEST_PIECE), end):
                piece = word[start:end]
                lost, count, before = best[start]
                if piece in self.lexicon.fillers:
                    choices.append((lost, count + 1, (*before, "-" + piece)))
                if piece in self.lexicon.meanings or piece in self.words:
                    choices.append((lost, count + 1, (*before, "+" + piece)))
            best.append(min(choices, key=lambda choice: choice[:2]))
        return *_joined(best[-1][2]), best[-1][0]


def _joined(marked: tuple[str, ...]) -> tuple[list[str], set[str]]:
    """Known pieces and runs of unknown letters, in their order."""
    pieces: list[str] = []
    strangers: set[str] = set()
    run = ""
    for one in (*marked, "-"):
        if one[0] == "?":
            run += one[1:]
            continue
        if run and not (_ONLY_KANA.fullmatch(run) and len(run) < _SHORTEST_KANA):
            pieces.append(run)
            strangers.add(run)
        run = ""
        if one[0] == "+":
            pieces.append(one[1:])
    return pieces, strangers
