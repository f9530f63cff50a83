"""The one form of several stored forms, kept in memory: it is the same for everybody who files the same procedures."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Protocol

from applications.definition import form_of
from applications.definition.stored import StoredDocument
from applications.models import FormVersion, Procedure
from counter.combined import Combined, Part, combine

KEPT: Final = 256
"""Combined forms a process keeps; a city's visitors bring the same few hundred combinations."""


class Chosen(Protocol):
    """A procedure with the form it is filled in with: of a prefill, of a visit."""

    @property
    def procedure(self) -> Procedure: ...

    @property
    def form_version(self) -> FormVersion: ...


def combined_of(chosen: Iterable[Chosen], *, at_desk: bool = False) -> Combined:
    """One form for these procedures in this order; the key of each part is the procedure's key. No query.

    `procedure` and `form_version` are loaded by the caller. The same object for the same forms and names.
    """
    parts = ((one.procedure.key, one.procedure.name, StoredDocument(one.form_version)) for one in chosen)
    return _combined(tuple(parts), at_desk)


@lru_cache(maxsize=KEPT)
def _combined(parts: tuple[tuple[str, str, StoredDocument], ...], at_desk: bool) -> Combined:
    return combine([Part(key, form_of(stored), title=name) for key, name, stored in parts], at_desk=at_desk)
