"""What the card's application 券面事項入力補助AP looks like. Everything that depends on the card stands here.

From general knowledge (published programs that read the card), not from a specification, which is not public: **to be
verified with a real card** before a city relies on it (docs/cardbridge.md says how).

The file with the My Number (個人番号) is the neighbour of the one we read. It has no name here, so that no program of
this package can ask for it.
"""

from enum import Enum
from typing import Final

APPLICATION: Final = bytes.fromhex("D3921000310001010408")


class File(Enum):
    """The files that may be selected. Selecting is the only way to a file, so this is the list of what we can read."""

    ATTRIBUTES = bytes.fromhex("0002")
    PIN = bytes.fromhex("0011")
    CODE_B = bytes.fromhex("0015")


class Tag:
    """Objects in the file of attributes."""

    ATTRIBUTES: Final = 0xFF20
    # offsets of the four below, for readers in a hurry
    OFFSETS: Final = 0xDF21
    NAME: Final = 0xDF22
    ADDRESS: Final = 0xDF23
    BIRTH_DATE: Final = 0xDF24
    SEX: Final = 0xDF25


SEXES: Final = {"1": "male", "2": "female"}
"""Other codes (9: not applicable) say nothing."""

MOST_BYTES: Final = 4096
"""No card says more of a person; a length beyond it is none."""
