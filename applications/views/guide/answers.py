"""Where the answers to guides are kept while a person walks through them: in the session, nothing in an address."""

import datetime as dt
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from applications.definition import Form
from applications.enums import FieldType
from cityhall.crypto import CannotDecrypt, decrypt, encrypt

_KEY = "guides"
MOST_KEPT = 6
"""Guides one browser keeps answers of; the ones begun first make room."""
MOST_BYTES = 20_000
"""More is no answer to a guide: choices, numbers and days."""


@dataclass
class Kept:
    """What one person answered in one guide. `code` is sealed: the session alone opens no shared answers."""

    values: dict[str, Any] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    code: str = ""
    expires_on: str = ""

    @property
    def open_code(self) -> str:
        """The code under which these answers are shared, or nothing."""
        try:
            return decrypt(self.code) if self.code else ""
        except CannotDecrypt:
            return ""

    @property
    def last_day(self) -> dt.date | None:
        """The last day of the code."""
        return dt.date.fromisoformat(self.expires_on) if self.expires_on else None

    def share(self, code: str, expires_on: str) -> None:
        self.code, self.expires_on = encrypt(code), expires_on

    def unshare(self) -> None:
        self.code = self.expires_on = ""


_SHAPES: dict[FieldType, type] = {FieldType.DATE: dict, FieldType.CHECKBOXES: list}
"""How a typed value is kept where it is no text."""


def kept(session: SessionBase, slot: str, form: Form) -> Kept:
    """What the session holds for a guide; blank for a new one.

    Answers given to an older version stay where the question is still there and of the same shape.
    """
    held = session.get(_KEY, {}).get(slot, {})
    found = Kept(**{one.name: held[one.name] for one in fields(Kept) if one.name in held})
    found.values = {
        one.key: found.values[one.key]
        for one in form.questions
        if isinstance(found.values.get(one.key), _SHAPES.get(one.type, str))
    }
    return found


def keep(session: SessionBase, slot: str, what: Kept) -> bool:
    """Put it into the session; False, and nothing changed, for more than answers can be."""
    if len(json.dumps(what.values, ensure_ascii=False).encode()) > MOST_BYTES:
        return False
    others = {name: value for name, value in session.get(_KEY, {}).items() if name != slot}
    newest = list(others.items())[-(MOST_KEPT - 1) :]
    session[_KEY] = {**dict(newest), slot: asdict(what)}
    return True


def forget(session: SessionBase, slot: str) -> None:
    """Take a guide's answers out of the session."""
    session[_KEY] = {name: value for name, value in session.get(_KEY, {}).items() if name != slot}
