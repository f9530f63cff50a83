"""The four basic attributes (基本4情報) out of the bytes of their file."""

import datetime as dt
import re
from dataclasses import asdict, dataclass, field
from typing import Final

from cardbridge import tlv
from cardbridge.card_layout import SEXES, Tag
from cardbridge.errors import BadData

_WANTED: Final = (Tag.NAME, Tag.ADDRESS, Tag.BIRTH_DATE, Tag.SEX)
_DATE: Final = re.compile(r"[0-9]{8}")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f]")
_MOST: Final = 400


@dataclass(frozen=True)
class Attributes:
    """As the card writes them; nothing of it may reach a log, so nothing of it is in the repr.

    `birth_date` is YYYY-MM-DD, or "" when the card does not know the whole of it; `sex` is male, female or "".
    """

    name: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str = field(repr=False)

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def parse(data: bytes) -> Attributes:
    """What the file says. Raises BadData for anything that is not as the layout says it is.

    Objects that the layout does not know are left alone; each of the four is there once. Characters are kept as they
    are, also those no font has (外字, variation sequences).
    """
    head = tlv.header(data)
    if head.tag != Tag.ATTRIBUTES or head.total != len(data):
        raise BadData
    found: dict[int, bytes] = {}
    for one in tlv.objects(data[head.size :]):
        if one.tag in found:
            raise BadData
        found[one.tag] = one.value
    if any(tag not in found for tag in _WANTED):
        raise BadData
    name = _text(found[Tag.NAME])
    if not name:
        raise BadData
    return Attributes(
        name=name,
        address=_text(found[Tag.ADDRESS]),
        birth_date=_date(_text(found[Tag.BIRTH_DATE])),
        sex=SEXES.get(_text(found[Tag.SEX]), ""),
    )


def _text(value: bytes) -> str:
    """UTF-8, nothing added and nothing taken away but blanks around it."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        raise BadData from None
    if len(text) > _MOST or _CONTROL.search(text):
        raise BadData
    return text.strip(" \u3000")


def _date(text: str) -> str:
    """YYYYMMDD → YYYY-MM-DD. A day or month that nobody knows is written with zeros: then nothing is said."""
    if not _DATE.fullmatch(text):
        raise BadData
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    if not (year and month and day):
        return ""
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        raise BadData from None
