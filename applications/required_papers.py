"""What people bring, beyond the words: which papers are one thing, and who needs one (catalogue/papers.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from applications.definition import Logic

SOURCE: Final = Path(__file__).parent / "catalogue" / "papers.yaml"


@dataclass(frozen=True)
class Need:
    """Who needs a paper: who is asked for it by a `question` of the form, or whose answers fulfil `when`.

    `unless_told`: by concept, the answers to a guide of those who do not need it.
    """

    question: str = ""
    when: Logic | None = None
    unless_told: Mapping[str, str] = field(default_factory=dict)

    def is_ruled_out(self, told: Mapping[str, str]) -> bool:
        """Whether answers to a guide, by concept, say that nobody needs it."""
        return any(told.get(concept) == answer for concept, answer in self.unless_told.items())


def thing_of(text: str) -> str:
    """What a paper is called in the words of one procedure, in the words for all."""
    return _things().get(text, text)


def need_of(procedure: str, text: str) -> Need | None:
    """Who needs a paper of a procedure; None for everybody."""
    found = _document()["needed"].get(procedure, {}).get(text)
    return Need(found.get("question", ""), found.get("when"), found.get("unless_told", {})) if found else None


@lru_cache(maxsize=1)
def _things() -> Mapping[str, str]:
    return {said: thing["name"] for thing in _document()["things"] for said in thing["said"]}


@lru_cache(maxsize=1)
def _document() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return found
