"""Words that were meant and mistyped: near in letters, looked for only among words that share pairs of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

_CANDIDATES: Final = 40
"""Words compared letter by letter, those with most pairs in common."""
_SHORTEST: Final = 3
"""A word of two letters with one of them wrong is any word."""
_LONG: Final = 7
"""From here on two mistakes may be meant."""


def pairs(word: str) -> set[str]:
    """The pairs of neighbouring letters, with the edges, so that a short word has more than one."""
    edged = f"^{word}$"
    return {edged[at : at + 2] for at in range(len(edged) - 1)}


def mistakes_allowed(word: str) -> int:
    """How many letters may be wrong, missing, too many or swapped."""
    if len(word) < _SHORTEST:
        return 0
    return 2 if len(word) >= _LONG else 1


def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, leave out or swap with a neighbour from one to the other; `most` + 1 if more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    line = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        older, before, line = before, line, [row]
        for column, found in enumerate(other, start=1):
            cost = min(before[column] + 1, line[-1] + 1, before[column - 1] + (letter != found))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == found:
                cost = min(cost, older[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
    return line[-1]


class NearWords:
    """A list of words asked for the ones near to another."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if len(word) >= _SHORTEST})
        self._with_pair: dict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self._words):
            for pair in pairs(word):
                self._with_pair[pair].append(number)

    def nearest(self, word: str) -> list[str]:
        """Words within the mistakes allowed, only the nearest ones; the word itself is not looked for."""
        most = mistakes_allowed(word)
        if not most:
            return []
        counts: Counter[int] = Counter()
        for pair in pairs(word):
            counts.update(self._with_pair.get(pair, ()))
        candidates = (self._words[number] for number, _count in counts.most_common(_CANDIDATES))
        found = [(distance(word, one, most), one) for one in candidates]
        best = min((steps for steps, _one in found), default=most + 1)
        return sorted(one for steps, one in found if steps == best <= most)
