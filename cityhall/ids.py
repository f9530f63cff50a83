"""Random identifiers that may stand in a URL."""

import secrets
import unicodedata

_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
PUBLIC_ID_LENGTH = 22


# every letter stands for four bytes; those beyond the last full round are thrown away, so that all are as likely
_LETTER_OF_BYTE = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))
_THROWN_AWAY = bytes(range(256 - 256 % len(_ALPHABET), 256))


def public_id() -> str:
    """22 random characters (127 bits) without look-alikes: cannot be guessed, is a key to nothing by itself."""
    # bulk loads make millions of these: one draw, and one pass in C
    letters = b""
    while len(letters) < PUBLIC_ID_LENGTH:
        letters += secrets.token_bytes(2 * PUBLIC_ID_LENGTH).translate(_LETTER_OF_BYTE, _THROWN_AWAY)
    return letters[:PUBLIC_ID_LENGTH].decode()


SHORT_CODE_LENGTH = 6
_SHORT_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def short_code() -> str:
    """Six random characters (887 million) that can be read aloud and typed from a poster: small letters, no twins."""
    return "".join(secrets.choice(_SHORT_ALPHABET) for _ in range(SHORT_CODE_LENGTH))


def read_short_code(text: str) -> str:
    """The code as it was made, however it was typed: capital letters and full width do not matter."""
    return unicodedata.normalize("NFKC", text).strip().lower()
