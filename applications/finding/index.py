"""All procedures in memory, ranked for a query."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from applications.finding.entries import Entry, Folded
from applications.finding.lexicon import Lexicon
from applications.finding.near import NearWords
from applications.finding.terms import Term, Vocabulary

_WEAK: Final = 0.3
"""What fits less than this share of the best is left out: it holds one word of many, or only in its summary."""
_LATER: Final = 0.78
"""A step after the main one counts this much of what its words are worth, unless it is asked for."""
_RAREST: Final = 1.6


@dataclass(frozen=True)
class Found:
    """The procedures that fit, best first, and how the query was understood."""

    pks: tuple[int, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    """(what was typed, what was looked for instead) of words that are nowhere."""
    is_partial: bool = False
    """No procedure holds all that was asked for."""


class Index:
    """Procedures to be searched. Immutable once made: processes share nothing, threads share this."""

    def __init__(self, entries: Iterable[Entry], lexicon: Lexicon) -> None:
        self.entries = {entry.pk: entry for entry in entries}
        self._rows = [Folded.of(entry, lexicon) for entry in self.entries.values()]
        shown = dict(lexicon.shown)
        words: dict[str, str] = {}
        for entry in self.entries.values():
            for word in entry.words():
                if len(read := lexicon.read(word)) > 1:
                    words.setdefault(read, word)
        # the file's way to write a word is for people; a name in pieces is not always one
        self._shown = words | shown
        heads = "\n".join(text for row in self._rows for text in (row.name, row.kana, *sorted(row.keywords)))
        self._vocabulary = Vocabulary(
            lexicon=lexicon,
            words=frozenset(words),
            is_held=lambda word: word in heads,
            near=NearWords({*words, *lexicon.meanings, *(row.kana for row in self._rows)}),
        )

    def find(self, text: str) -> Found:
        """What fits the text, best first. Nothing for a text of fillers only."""
        terms = self._vocabulary.terms(text)
        if not terms:
            return Found()
        fits = [self._fits(term) for term in terms]
        weights = [self._weight(len(fit)) for fit in fits]
        scored: list[tuple[float, Entry]] = []
        best_share = 0.0
        for number in {number for fit in fits for number in fit}:
            row = self._rows[number]
            score, share = _score([fit.get(number, 0.0) for fit in fits], weights)
            best_share = max(best_share, share)
            scored.append((self._ranked(score, row, terms), row.entry))
        scored.sort(key=lambda one: (-one[0], one[1].position, one[1].kana, one[1].pk))
        least = scored[0][0] * _WEAK if scored else 0.0
        return Found(
            pks=tuple(entry.pk for score, entry in scored if score >= least),
            instead=tuple(
                (term.text, self._shown.get(term.corrected, term.corrected)) for term in terms if term.corrected
            ),
            is_partial=0 < best_share < 1,
        )

    def _fits(self, term: Term) -> dict[int, float]:
        """How well each row that holds the term fits it, by its number."""
        best: dict[int, float] = {}
        for word, weight in term.words:
            for number, row in enumerate(self._rows):
                # said here too: most rows hold none of the words, and a call for each costs more than the search
                if word in row.everything and (points := weight * row.fit(word)) > best.get(number, 0.0):
                    best[number] = points
        return best

    def _weight(self, held: int) -> float:
        """A word that few procedures hold says more."""
        return min(_RAREST, 0.4 + math.log10(1 + len(self._rows) / held)) if held else _RAREST

    def _ranked(self, score: float, row: Folded, terms: list[Term]) -> float:
        asked = [word for term in terms for word, _weight in term.words]
        is_later = any(not any(later in word for word in asked) for later in row.later)
        return score * _LATER if is_later else score


def _score(points: list[float], weights: list[float]) -> tuple[float, float]:
    """The worth of a row, and the share of what was asked for that it holds."""
    whole = sum(weights)
    share = sum(weight for one, weight in zip(points, weights, strict=True) if one) / whole
    # all words together are worth more than one of them well
    return sum(one * weight for one, weight in zip(points, weights, strict=True)) * share, share
