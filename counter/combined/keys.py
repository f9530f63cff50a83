"""Keys of the combined form. Each kind has a beginning of its own, so that no two ever meet."""

import hashlib

from applications.concepts import Concept
from applications.definition.values import MAX_KEY_LENGTH

HOUSEHOLD = "household"


def own_key(number: int, key: str) -> str:
    """The key of a question that only one procedure asks; `number` is the procedure's place, from 1."""
    whole = f"p{number}_{key}"
    if len(whole) <= MAX_KEY_LENGTH:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:6]
    return f"{whole[: MAX_KEY_LENGTH - 7].rstrip('_')}_{mark}"


def shared_key(concept: Concept, person: int = 1) -> str:
    """The key of a question that all forms share. `person` counts people in one role."""
    return f"{role_key(concept.role.key, person)}_{concept.what}"


def role_key(role: str, person: int = 1) -> str:
    """`children[]` → children; the second of several subjects is subject2."""
    name = role.removesuffix("[]")
    return name if person == 1 else f"{name}{person}"


def tick_key(number: int) -> str:
    """The mark in a row that says whom the row concerns."""
    return f"in_{number}"


def count_key(group: str, tick: str) -> str:
    """How many rows have the mark."""
    return f"count_{group}_{tick}"


def title_key(number: int, page: int) -> str:
    """The heading over what is left of a page."""
    return f"title_p{number}_{page}"


def first_key(number: int) -> str:
    """The heading over what a procedure asks before the people."""
    return f"first_p{number}"


def intro_key(number: int, page: int) -> str:
    """What a page says above its questions."""
    return f"intro_p{number}_{page}"


def page_key(name: str) -> str:
    """Pages and questions share one set of keys."""
    return f"page_{name}"
