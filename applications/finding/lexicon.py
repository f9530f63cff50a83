"""The words people use (synonyms.yaml), read once and checked: a misspelt file stops the start, not a search."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from applications.search import fold

PATH: Final = Path(__file__).resolve().parents[1] / "synonyms.yaml"
_PARTS: Final = frozenset({"spellings", "fillers", "later", "words"})


class LexiconError(ValueError):
    """The file of words is not what docs/finding.md says."""


@dataclass(frozen=True)
class Lexicon:
    """Folded words. `meanings` maps what people say to what the city calls it, likeliest first."""

    spellings: Mapping[str, str] = field(default_factory=dict)
    fillers: frozenset[str] = frozenset()
    later: tuple[str, ...] = ()
    meanings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    """Folded word → how the file writes it, for 「もしかして」."""

    def read(self, text: str) -> str:
        """The text folded, with every word in the spelling that stands for its others."""
        folded = fold(text)
        return self._pattern.sub(lambda found: self.spellings[found[0]], folded) if self.spellings else folded

    @property
    def _pattern(self) -> re.Pattern[str]:
        return _any_of(tuple(self.spellings))


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    # the longest first, and the first spelling among them: 引っ越 inside 引っ越し is none of its own
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


@cache
def lexicon() -> Lexicon:
    """The product's own words."""
    return read_lexicon(PATH.read_text(encoding="utf-8"))


def read_lexicon(text: str) -> Lexicon:
    """A lexicon from YAML. Raises LexiconError for what docs/finding.md does not know."""
    # libyaml where it is: the file is read once in every process
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    if not isinstance(data, dict) or set(data) - _PARTS:
        raise LexiconError(f"known parts: {', '.join(sorted(_PARTS))}")
    spellings = {fold(word): fold(row[0]) for row in _rows(data, "spellings") for word in row}
    spelt = Lexicon(spellings=spellings)
    meanings: dict[str, tuple[str, ...]] = {}
    shown: dict[str, str] = {}
    for say, mean in _words(data):
        for word in say:
            read = spelt.read(word)
            # two lines about one word add up, the first one first
            meanings[read] = tuple(dict.fromkeys([*meanings.get(read, ()), *map(spelt.read, mean)]))
            shown.setdefault(read, word)
    return Lexicon(
        spellings=spellings,
        fillers=frozenset(spelt.read(word) for row in _rows(data, "fillers") for word in row),
        later=tuple(spelt.read(word) for word in (_texts(data["later"], "later") if "later" in data else ())),
        meanings=meanings,
        shown=shown,
    )


def _rows(data: Mapping[str, Any], part: str) -> Iterator[list[str]]:
    for number, row in enumerate(data.get(part, []), start=1):
        yield _texts(row, f"{part}[{number}]")


def _words(data: Mapping[str, Any]) -> Iterator[tuple[list[str], list[str]]]:
    for number, row in enumerate(data.get("words", []), start=1):
        if not isinstance(row, dict) or set(row) != {"say", "mean"}:
            raise LexiconError(f"words[{number}]: say and mean")
        yield _texts(row["say"], f"words[{number}].say"), _texts(row["mean"], f"words[{number}].mean")


def _texts(row: Any, where: str) -> list[str]:
    if not isinstance(row, list) or not row or not all(isinstance(word, str) and fold(word) for word in row):
        raise LexiconError(f"{where}: a list of words")
    return row
