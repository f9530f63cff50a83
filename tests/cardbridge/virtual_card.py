"""A card that exists only here: files, counters and status words as docs/cardbridge.md describes them.

`Card.transmit` is what a reader calls; `serve` lets the card lie in the virtual reader of a real pcscd. Every command
is kept in `commands`, so that a test can say which were never sent.
"""

import socket
import struct
import threading
from contextlib import contextmanager

from cardbridge.errors import CardRemoved, NoCard

AID = bytes.fromhex("D3921000310001010408")
MY_NUMBER = bytes.fromhex("0001")
ATTRIBUTES = bytes.fromhex("0002")
PIN = bytes.fromhex("0011")
CODE_B = bytes.fromhex("0015")
# minimal answer to reset of a contactless card
ATR = bytes.fromhex("3B80800101")


def tlv(tag, value):
    length = len(value)
    if length < 0x80:
        head = bytes([length])
    elif length < 0x100:
        head = b"\x81" + bytes([length])
    else:
        head = b"\x82" + length.to_bytes(2, "big")
    return bytes.fromhex(tag) + head + value


def attributes_file(
    name="高橋　さくら",
    address="東京都青梅市東青梅１丁目１１番地の１",
    birth="19900115",
    sex="2",
    before=b"",
    after=b"",
):
    texts = {"DF22": name, "DF23": address, "DF24": birth, "DF25": sex}
    inner = tlv("DF21", bytes(8)) + before + b"".join(tlv(tag, one.encode()) for tag, one in texts.items()) + after
    return tlv("FF20", inner)


class Card:
    """`left`: tries of the PIN and of 照合番号B. `removed_after`: the command at which the card is taken away."""

    def __init__(self, content=None, pin="1234", code_b="02011520301234", left=(3, 10), removed_after=None, aid=AID):
        # a real file is larger than what it holds
        self.files = {MY_NUMBER: tlv("FF10", b"123456789018"), ATTRIBUTES: (content or attributes_file()) + bytes(64)}
        self.secrets = {PIN: pin.encode(), CODE_B: code_b.encode()}
        self.most = {PIN: 3, CODE_B: 10}
        self.left = dict(zip((PIN, CODE_B), left, strict=True))
        self.aid, self.removed_after = aid, removed_after
        self.commands = []
        self.reset()

    def reset(self):
        self.is_selected, self.current, self.is_open = False, None, False

    def transmit(self, command):
        self.commands.append(command)
        if self.removed_after is not None and len(self.commands) > self.removed_after:
            raise CardRemoved
        instruction, first = command[1], command[2]
        if instruction == 0xA4 and first == 4:
            self.reset()
            self.is_selected = command[5:] == self.aid
            return b"\x90\x00" if self.is_selected else b"\x6a\x82"
        if not self.is_selected:
            return b"\x69\x86"
        answers = {0xA4: self._select, 0x20: self._verify, 0xB0: self._read}
        return answers[instruction](command) if instruction in answers else b"\x6d\x00"

    def _select(self, command):
        self.current = command[5:]
        return b"\x90\x00" if self.current in self.files | self.secrets else b"\x6a\x82"

    def _verify(self, command):
        if self.current not in self.secrets:
            return b"\x6a\x88"
        typed, left = command[5:], self.left[self.current]
        if not typed:
            return bytes([0x63, 0xC0 | left])
        if not left:
            return b"\x69\x84"
        if typed == self.secrets[self.current]:
            self.left[self.current], self.is_open = self.most[self.current], True
            return b"\x90\x00"
        self.left[self.current] = left - 1
        return bytes([0x63, 0xC0 | left - 1])

    def _read(self, command):
        if not self.is_open or self.current not in self.files:
            return b"\x69\x82"
        content, offset, length = self.files[self.current], int.from_bytes(command[2:4], "big"), command[4] or 256
        if offset >= len(content):
            return b"\x6b\x00"
        return content[offset : offset + length] + b"\x90\x00"


class Readers:
    """Readers of this process: a name and the card that lies there, None for none, or what goes wrong first."""

    def __init__(self, **cards):
        self.cards = cards
        self.problems = []

    def names(self):
        return list(self.cards)

    @contextmanager
    def connected(self, name):
        if self.problems:
            raise self.problems.pop(0)
        if self.cards[name] is None:
            raise NoCard
        yield self.cards[name]
        self.cards[name].reset()

    @contextmanager
    def opened(self):
        yield self


def serve(card, port, host="127.0.0.1"):
    """Put the card into the virtual reader (vpcd) that listens there; closing what is returned takes it away."""
    connection = socket.create_connection((host, port))
    threading.Thread(target=_answer, args=(connection, card), daemon=True).start()
    return connection


def _answer(connection, card):
    try:
        while True:
            message = _received(connection, struct.unpack(">H", _received(connection, 2))[0])
            if message == b"\x04":
                # asked again and again: whether a card is there
                _send(connection, ATR)
            elif len(message) == 1:
                # power off, power on, reset
                card.reset()
            else:
                _send(connection, card.transmit(message))
    except (OSError, EOFError, CardRemoved):
        connection.close()


def _send(connection, content):
    connection.sendall(struct.pack(">H", len(content)) + content)


def _received(connection, length):
    content = b""
    while len(content) < length:
        part = connection.recv(length - len(content))
        if not part:
            raise EOFError
        content += part
    return content
