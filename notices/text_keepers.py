"""Kinds of notices whose text is written in another app, with what is known there of its placeholders."""

from collections.abc import Callable, Collection

from cityhall.models import User
from cityhall.registry import Registry

TextKeeper = Callable[[User, Collection[int]], dict[int, str]]
"""Of these kinds, by primary key, those it keeps: with the address of their page, "" where the person has none."""

text_keepers: Registry[TextKeeper] = Registry()


def kept_elsewhere(user: User, kinds: Collection[int]) -> dict[int, str]:
    """The kinds among these whose text is not written here, with the address of the page where it is."""
    found: dict[int, str] = {}
    for keeper in text_keepers:
        found |= keeper(user, kinds)
    return found
