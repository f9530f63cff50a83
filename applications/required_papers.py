"""What people bring, beyond the words: which papers are one thing, and who needs one (catalogue/papers.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from applications.definition import Logic

SOURCE: Final = Path(__file__).parent / "catalogue" / "papers.yaml"


@dataclass(frozen=True)
class Need:
    """Who needs a paper: who is asked for it by a `question` of the form, or whose answers fulfil `when`."""

    question: str = ""
    when: Logic | None = None


def thing_of(text: str) -> str:
    """What a paper is called in the words of one procedure, in the words for all."""
    return _things().get(text, text)


def need_of(procedure: str, text: str) -> Need | None:
    """Who needs a paper of a procedure; None for everybody."""
    found = _document()["needed"].get(procedure, {}).get(text)
    return Need(found.get("question", ""), found.get("when")) if found else None


@lru_cache(maxsize=1)
def _things() -> Mapping[str, str]:
    return {said: thing["name"] for thing in _document()["things"] for said in thing["said"]}


@lru_cache(maxsize=1)
def _document() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return found
