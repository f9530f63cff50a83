"""The guides of stored versions, read once per process: a version never changes."""

from functools import lru_cache

from applications.definition.stored import StoredDocument, Version
from applications.guide.model import Guide
from applications.guide.parsing import parse

KEPT = 64


def guide_of(version: Version) -> Guide:
    """The guide of a stored version. The same object for the same content: guides are frozen and shared."""
    return _guide_of(StoredDocument(version))


@lru_cache(maxsize=KEPT)
def _guide_of(document: StoredDocument) -> Guide:
    return parse(document.definition)
