"""What a resident types to open the card: the four digits they chose, or what is printed on it (照合番号B).

照合番号A is refused: it is the My Number itself, and the only secret of twelve digits.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from cardbridge.card_layout import File
from cardbridge.errors import BadSecret


class SecretKind(StrEnum):
    PIN = "pin"
    CODE_B = "code_b"


_FILES = {SecretKind.PIN: File.PIN, SecretKind.CODE_B: File.CODE_B}
# birth date 6 (era year), last year of validity 4, security code 4
_SHAPES = {SecretKind.PIN: re.compile(r"[0-9]{4}"), SecretKind.CODE_B: re.compile(r"[0-9]{14}")}


@dataclass(frozen=True)
class Secret:
    """Lives as long as one reading; never in a text that could be shown or logged."""

    kind: SecretKind
    digits: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _SHAPES[self.kind].fullmatch(self.digits):
            raise BadSecret

    @property
    def file(self) -> File:
        """The file in which the card keeps it, and counts mistakes."""
        return _FILES[self.kind]

    def encoded(self) -> bytes:
        return self.digits.encode("ascii")
