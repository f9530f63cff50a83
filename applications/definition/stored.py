"""The forms of stored versions, read once per process: a version never changes."""

from functools import lru_cache
from typing import Any, Protocol

from applications.definition.model import Form
from applications.definition.parsing import parse

KEPT = 256


class Version(Protocol):
    """What is needed of a FormVersion; this package knows no models."""

    sha256: Any

    @property
    def definition(self) -> Any: ...


class StoredDocument:
    """A document that counts as equal when its fingerprint does, so that it can be the key of a cache.

    The definition itself is read only where it was not read before: a query may leave it out (`defer`).
    """

    def __init__(self, version: Version) -> None:
        self.sha256 = version.sha256
        self._version = version

    @property
    def definition(self) -> Any:
        return self._version.definition

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoredDocument) and other.sha256 == self.sha256


def form_of(version: Version) -> Form:
    """The form of a stored version. The same object for the same content: forms are frozen and shared."""
    return _form_of(StoredDocument(version))


@lru_cache(maxsize=KEPT)
def _form_of(document: StoredDocument) -> Form:
    return parse(document.definition)
