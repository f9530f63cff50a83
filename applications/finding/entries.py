"""A procedure as the search sees it, and how well one word fits it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from applications.finding.lexicon import Lexicon

# how much a word counts where it is found: in the name most, in a sentence about the procedure least
_WHOLE_NAME: Final = 14.0
_NAME_START: Final = 8.0
_NAME: Final = 7.0
_KEYWORD: Final = 6.5
_KANA_START: Final = 7.0
_KANA: Final = 5.0
_IN_KEYWORD: Final = 3.5
_SUMMARY: Final = 2.0
_AROUND: Final = 1.5
_SHARE_OF_NAME: Final = 3.0
"""Added for a word that is most of a name: 「年金」 is more of 国民年金 than of a long title."""

_PIECES: Final = re.compile(r"[\s・･、。/／()（）「」の]+")
_RUNS: Final = re.compile(r"[一-龠々〆ヶ]{2,}|[ァ-ヶー]{3,}")


@dataclass(frozen=True)
class Entry:
    """What is searched of one procedure, as the city wrote it."""

    pk: int
    name: str
    kana: str = ""
    summary: str = ""
    keywords: tuple[str, ...] = ()
    department: str = ""
    """The department's code, for the filter."""
    department_name: str = ""
    life_events: tuple[str, ...] = ()
    life_event_names: tuple[str, ...] = ()
    position: int = 0

    def words(self) -> Iterator[str]:
        """Words that stand for the procedure: its keywords, its name, and the pieces of its name."""
        yield from self.keywords
        yield self.name
        for piece in _PIECES.split(self.name):
            yield piece
            yield from _RUNS.findall(piece)


@dataclass(frozen=True)
class Folded:
    """An entry as the search compares it."""

    entry: Entry
    name: str
    kana: str
    keywords: frozenset[str]
    summary: str
    around: str
    everything: str
    later: tuple[str, ...] = field(default=())
    """Words of the name that say it is a step after the main one."""

    @classmethod
    def of(cls, entry: Entry, lexicon: Lexicon) -> "Folded":
        name, kana, summary = (lexicon.read(text) for text in (entry.name, entry.kana, entry.summary))
        keywords = frozenset(read for word in entry.keywords if (read := lexicon.read(word)))
        around = "\n".join(lexicon.read(text) for text in (entry.department_name, *entry.life_event_names))
        parts = [name, kana, *sorted(keywords), summary, around]
        later = tuple(word for word in lexicon.later if word in name)
        return cls(entry, name, kana, keywords, summary, around, "\n".join(parts), later)

    def fit(self, word: str) -> float:
        """How well a folded word fits, 0 if it is nowhere."""
        if word not in self.everything:
            return 0.0
        return max(self._in_name(word), self._in_kana(word), self._in_texts(word))

    def _in_name(self, word: str) -> float:
        if word == self.name:
            return _WHOLE_NAME
        # one character is a word only by itself: 水 is not in 水道課's every name
        if word not in self.name or len(word) < 2:
            return 0.0
        points = _NAME_START if self.name.startswith(word) else _NAME
        return points + _SHARE_OF_NAME * len(word) / len(self.name)

    def _in_kana(self, word: str) -> float:
        if self.kana.startswith(word) and len(word) > 1:
            return _KANA_START + _SHARE_OF_NAME * len(word) / len(self.kana)
        return _KANA if len(word) > 2 and word in self.kana else 0.0

    def _in_texts(self, word: str) -> float:
        if word in self.keywords:
            return _KEYWORD
        if len(word) < 2:
            return 0.0
        if any(word in keyword for keyword in self.keywords):
            return _IN_KEYWORD
        if word in self.summary:
            return _SUMMARY
        return _AROUND if word in self.around else 0.0
