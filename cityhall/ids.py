"""Random identifiers that may stand in a URL."""

import secrets

_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
PUBLIC_ID_LENGTH = 22


def public_id() -> str:
    """22 random characters (127 bits) without look-alikes: cannot be guessed, is a key to nothing by itself."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(PUBLIC_ID_LENGTH))
