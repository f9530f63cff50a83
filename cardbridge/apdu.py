"""Commands and answers of ISO/IEC 7816-4, as far as they are needed."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from cardbridge.card_layout import APPLICATION, File
from cardbridge.errors import CardUnreadable

OK: Final = 0x9000
FILE_NOT_FOUND: Final = 0x6A82
BLOCKED: Final = frozenset({0x6983, 0x6984})
END_OF_FILE: Final = frozenset({0x6282, 0x6B00})
WRONG_LENGTH: Final = 0x6C
MOST_AT_ONCE: Final = 0xE0
"""Bytes of one READ BINARY: below 256, which some readers cannot carry."""
_MOST_OFFSET: Final = 0x7FFF


class Link(Protocol):
    """The way to a card that lies on a reader."""

    def transmit(self, command: bytes) -> bytes:
        """The card's answer. Raises CardRemoved, CardUnreadable."""


@dataclass(frozen=True)
class Answer:
    """What a card says: data, and two bytes that say how it went."""

    data: bytes = field(repr=False)
    status: int

    @property
    def tries_left(self) -> int | None:
        """What 63Cx says of the counter, None for every other status (6300: wrong, and nobody counts)."""
        return self.status & 0xF if self.status & 0xFFF0 == 0x63C0 else None


def send(link: Link, command: bytes) -> Answer:
    """One command. An answer too short for a status is none (CardUnreadable)."""
    raw = link.transmit(command)
    if len(raw) < 2:
        raise CardUnreadable
    return Answer(raw[:-2], int.from_bytes(raw[-2:], "big"))


def select_application() -> bytes:
    return b"\x00\xa4\x04\x0c" + bytes([len(APPLICATION)]) + APPLICATION


def select_file(file: File) -> bytes:
    return b"\x00\xa4\x02\x0c" + bytes([len(file.value)]) + file.value


def ask_tries() -> bytes:
    """VERIFY without data: the card tells its counter and takes nothing from it."""
    return b"\x00\x20\x00\x80"


def verify(secret: bytes) -> bytes:
    return b"\x00\x20\x00\x80" + bytes([len(secret)]) + secret


def read_binary(offset: int, length: int) -> bytes:
    if not (0 <= offset <= _MOST_OFFSET and 0 < length <= 0xFF):
        raise CardUnreadable
    return b"\x00\xb0" + offset.to_bytes(2, "big") + bytes([length])
