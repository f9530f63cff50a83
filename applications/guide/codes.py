"""Codes under which the answers to a guide are kept: read aloud, typed from paper, never guessed."""

import hashlib
import hmac

from django.conf import settings

from cityhall.spoken_codes import ALPHABET, LENGTH, random_code, read_code, written

__all__ = ["ALPHABET", "LENGTH", "lookup_of", "random_code", "read_code", "written"]


def lookup_of(code: str) -> str:
    """What the database finds the row by; without the server's key it leads back to no code."""
    return hmac.new(settings.LINK_KEY.encode(), b"guide\x1f" + code.encode(), hashlib.sha256).hexdigest()
