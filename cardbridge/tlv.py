"""Objects of tag, length and value (BER, as in X.690), read strictly: what is odd is refused, not guessed."""

from dataclasses import dataclass, field

from cardbridge.errors import BadData


@dataclass(frozen=True)
class Header:
    """A tag, how long its value is, and how many bytes say so."""

    tag: int
    length: int
    size: int

    @property
    def total(self) -> int:
        return self.size + self.length


@dataclass(frozen=True)
class Object:
    tag: int
    value: bytes = field(repr=False)


def header(data: bytes) -> Header:
    """The head of the object at the beginning. Raises BadData when it is cut off or not in its shortest form."""
    tag, size = _tag(data)
    if size >= len(data):
        raise BadData
    first = data[size]
    if first < 0x80:
        return Header(tag, first, size + 1)
    count = first - 0x80
    # 0x80 is "until an end mark", which no file of a card has; three bytes of length are more than a card holds
    if not 1 <= count <= 2 or size + 1 + count > len(data):
        raise BadData
    length = int.from_bytes(data[size + 1 : size + 1 + count], "big")
    if length < 0x80 or (count == 2 and length < 0x100):
        raise BadData
    return Header(tag, length, size + 1 + count)


def objects(data: bytes) -> list[Object]:
    """All objects in a value, one after the other, nothing between and nothing left. Raises BadData."""
    found = []
    rest = data
    while rest:
        head = header(rest)
        if head.total > len(rest):
            raise BadData
        found.append(Object(head.tag, rest[head.size : head.total]))
        rest = rest[head.total :]
    return found


def _tag(data: bytes) -> tuple[int, int]:
    """One byte, or two when the first says that more follow. Raises BadData."""
    if not data:
        raise BadData
    if data[0] & 0x1F != 0x1F:
        return data[0], 1
    if len(data) < 2 or data[1] & 0x80:
        raise BadData
    return int.from_bytes(data[:2], "big"), 2
