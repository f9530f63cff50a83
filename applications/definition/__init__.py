"""The definition of a form: read from its JSON document, checked, frozen, written back."""

from applications.definition.errors import DefinitionError, Problem
from applications.definition.kinds import CHARSETS, SETTINGS
from applications.definition.model import OTHER, Field, Form, Logic, Option, Page, other_key
from applications.definition.parsing import SCHEMA, parse
from applications.definition.stored import form_of
from applications.definition.translating import (
    localized,
    missing_places,
    places_of,
    unknown_places,
    with_words,
)
from applications.definition.values import KEY_PATTERN, TODAY
from applications.definition.warnings import warnings_of
from applications.definition.writing import canonical_json, document_of, fingerprint
from cityhall.languages import LANGUAGES

__all__ = [
    "CHARSETS",
    "KEY_PATTERN",
    "LANGUAGES",
    "OTHER",
    "SCHEMA",
    "SETTINGS",
    "TODAY",
    "DefinitionError",
    "Field",
    "Form",
    "Logic",
    "Option",
    "Page",
    "Problem",
    "canonical_json",
    "document_of",
    "fingerprint",
    "form_of",
    "localized",
    "missing_places",
    "other_key",
    "parse",
    "places_of",
    "unknown_places",
    "warnings_of",
    "with_words",
]
