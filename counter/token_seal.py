"""A token as it goes into a cookie or a mail: with a mark of the server that no QR carries.

The QR of a prefill says its token. Whoever photographs it could otherwise put it into a browser of their own and read
at home what only a desk may open. The mark is derived (`cityhall.links`): nothing more is stored.
"""

from typing import Final

from cityhall.links import is_link_secret, link_secret
from counter import codes

COOKIE: Final = "prefill-cookie"
ENTRY: Final = "entry-cookie"
MAIL: Final = "prefill-mail"
_VERSION: Final = 1


def sealed(token: str, purpose: str) -> str:
    """The token with its mark for this purpose."""
    return f"{token}.{link_secret(purpose, token, _VERSION)}"


def unsealed(text: str, purpose: str) -> str:
    """The token, "" for what this server has not marked for the purpose."""
    token, _dot, mark = text.partition(".")
    return token if codes.is_token(token) and is_link_secret(mark, purpose, token, _VERSION) else ""
