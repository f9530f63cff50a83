"""What the catalogue gave a procedure last, and what the city has made of it since.

`Procedure.catalogue_settings` holds the city settings as the catalogue set them, under `texts` the
fingerprint of each text, and under `form` that of the form. What stands there with another value was
changed by the city. A procedure that the city made itself has no memory: all of it is the city's own.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from applications.definition import fingerprint
from applications.models import Procedure

CITY_SETTINGS = (
    "department",
    "state",
    "channels",
    "fee",
    "fees",
    "fee_due",
    "standard_days",
    "needs_approval",
    "retention_years",
    "opens_at",
    "closes_at",
    "capacity",
    "has_waiting_list",
    "position",
)
"""Columns that a city may change in its admin; such a change survives every later load."""
_FORM, _TEXTS = "form", "texts"


def is_own_setting(row: Procedure, name: str) -> bool:
    """Whether the city changed the setting since the catalogue last set it."""
    given = row.catalogue_settings
    if name in given:
        return bool(given[name] != setting_of(row, name))
    # a column that is younger than the memory follows the file
    return "department" not in given


def is_own_text(row: Procedure, name: str) -> bool:
    """Whether the city changed the text since the catalogue last wrote it."""
    given = row.catalogue_settings
    if _TEXTS not in given:
        return not given
    texts = given[_TEXTS]
    return name in texts and texts[name] != fingerprint(text_of(row, name))


def is_own_form(row: Procedure) -> bool:
    """Whether the current version is not the form that was loaded last."""
    given = row.catalogue_settings
    if _FORM not in given:
        return not given
    return row.current_version is not None and row.current_version.sha256 != given[_FORM]


def remembered(
    given: Mapping[str, Any], *, settings: Mapping[str, Any], texts: Mapping[str, Any], form: str
) -> dict[str, Any]:
    """The memory after a load: what was taken over now, and of everything else what was known before."""
    memory = {**given, **{name: plain(value) for name, value in settings.items()}}
    if texts:
        prints = {name: fingerprint(plain_text(value)) for name, value in texts.items()}
        memory[_TEXTS] = {**given.get(_TEXTS, {}), **prints}
    if form:
        memory[_FORM] = form
    return memory


def setting_of(row: Procedure, name: str) -> Any:
    """The value of a setting as the memory holds it."""
    return row.department.code if name == "department" else plain(getattr(row, name))


def text_of(row: Procedure, name: str) -> Any:
    """The value of a text as the memory compares it."""
    if name == "life_events":
        return sorted(event.key for event in row.life_events.all())
    return plain_text(getattr(row, name))


def plain(value: Any) -> Any:
    """One spelling of a moment, whatever zone it came in; a department by its code."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return getattr(value, "code", value)


def plain_text(value: Any) -> Any:
    """A notice type by its key; no type is the empty text."""
    return "" if value is None else getattr(value, "key", value)
