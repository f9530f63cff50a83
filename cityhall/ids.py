"""Random identifiers that may stand in a URL."""

import secrets
import unicodedata

_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
PUBLIC_ID_LENGTH = 22


def public_id() -> str:
    """22 random characters (127 bits) without look-alikes: cannot be guessed, is a key to nothing by itself."""
    # one draw for all characters, 65 bits more than they hold: bulk loads make millions of these
    number = secrets.randbits(192)
    characters = []
    for _ in range(PUBLIC_ID_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[place])
    return "".join(characters)


SHORT_CODE_LENGTH = 6
_SHORT_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def short_code() -> str:
    """Six random characters (887 million) that can be read aloud and typed from a poster: small letters, no twins."""
    return "".join(secrets.choice(_SHORT_ALPHABET) for _ in range(SHORT_CODE_LENGTH))


def read_short_code(text: str) -> str:
    """The code as it was made, however it was typed: capital letters and full width do not matter."""
    return unicodedata.normalize("NFKC", text).strip().lower()
