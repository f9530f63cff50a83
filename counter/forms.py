"""The one form of several stored forms, kept in memory: it is the same for everybody who files the same procedures."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Protocol

from applications.definition import form_of
from applications.definition.stored import StoredDocument
from applications.models import FormVersion, Procedure
from counter.combined import Combined, Part, combine, localized

KEPT: Final = 256
"""Combined forms a process keeps; a city's visitors bring the same few hundred combinations."""


class Chosen(Protocol):
    """A procedure with the form it is filled in with: of a prefill, of a visit."""

    @property
    def procedure(self) -> Procedure: ...

    @property
    def form_version(self) -> FormVersion: ...


def combined_of(chosen: Iterable[Chosen], *, at_desk: bool = False, language: str = "") -> Combined:
    """One form for these procedures in this order; the key of each part is the procedure's key. No query.

    With a language its words are of that language as far as the forms have them; keys and values are the same.

    `procedure` and `form_version` are loaded by the caller. The same object for the same forms and names.
    """
    parts = ((one.procedure.key, one.procedure.name, StoredDocument(one.form_version)) for one in chosen)
    return _combined(tuple(parts), at_desk) if not language else _localized(tuple(parts), at_desk, language)


@lru_cache(maxsize=KEPT)
def _localized(parts: tuple[tuple[str, str, StoredDocument], ...], at_desk: bool, language: str) -> Combined:
    return localized(_combined(parts, at_desk), language)


@lru_cache(maxsize=KEPT)
def _combined(parts: tuple[tuple[str, str, StoredDocument], ...], at_desk: bool) -> Combined:
    return combine([Part(key, form_of(stored), title=name) for key, name, stored in parts], at_desk=at_desk)
