"""Back to an invitation after the sign-up: the session has its code, encrypted, and no address carries it."""

from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from cityhall.crypto import CannotDecrypt, decrypt, encrypt
from counter.services import invitations

_KEY: Final = "invited"
_LANGUAGE: Final = "invited_in"


def remember(session: SessionBase, code: str) -> None:
    """Who signs up or in with this browser comes back to the invitation. Sessions lie in the database: encrypted."""
    session[_KEY] = encrypt(code)


def forget(session: SessionBase) -> None:
    """They are back."""
    session.pop(_KEY, None)


def speak(session: SessionBase, language: str) -> None:
    """The language touched on the page of an invitation, for when they come back to it."""
    session[_LANGUAGE] = language


def language_in(session: SessionBase) -> str:
    """The language touched before, "" where none was."""
    return str(session.get(_LANGUAGE, ""))


def address_of(session: SessionBase) -> str:
    """Where the invitation is, while anybody may take it up; else nothing. One query where there is one."""
    sealed = session.get(_KEY, "")
    try:
        code = decrypt(sealed) if sealed else ""
    except CannotDecrypt:
        return ""
    is_open = bool(code) and invitations.open_invitation(code) is not None
    return reverse("counter:invited", args=[code]) if is_open else ""
