"""What the rules of a kind of notice may say at most, and which consent they ask for."""

import re
from typing import Final

MOST_HOURS: Final = 8_760
"""A year: no clock of a notice runs longer."""
CONSENT_TEXT_VERSION: Final = "2026-04"
"""Version of the words on the consent page (`templates/notices/consent.html`); raise it when they change.

Kinds that ask for newer words than a person agreed to go to that person on paper.
"""
_NUMBERS = re.compile(r"\d+(?:[-.]\d+)*")


def covers(agreed: str, wanted: str) -> bool:
    """Whether who agreed to this version of the words agreed to what a kind asks for: the same words or newer ones.

    Versions are months (2026-04) or other numbers; of names nobody knows which is newer. "" is no agreement.
    """
    if agreed == wanted or not agreed:
        return bool(agreed)
    if not (_NUMBERS.fullmatch(agreed) and _NUMBERS.fullmatch(wanted)):
        return False
    return _key(agreed) >= _key(wanted)


def _key(version: str) -> list[int]:
    return [int(number) for number in re.split(r"[-.]", version)]
