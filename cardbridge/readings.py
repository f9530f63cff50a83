"""One reading at a time: the desk page waits for it, the resident types at the screen of the bridge.

What the card says goes from the thread that reads it to the one that waits, and is held nowhere after that.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cardbridge.attributes import Attributes
from cardbridge.errors import BridgeError, Cancelled, LastTry, Replaced, TimedOut, WrongSecret
from cardbridge.reader import CardReader
from cardbridge.secrets_typed import Secret
from cardbridge.session import read_card

SECONDS: Final = 120
"""How long the resident may take."""
_AGAIN: Final = 60
"""And at least, after something went wrong."""
_FAREWELL: Final = 15
"""How long the screen says how it ended."""
_LOOK: Final = 0.5
TAKEN: Final = "読み取りました。カードをお取りください。"


class Stage(StrEnum):
    """What the resident's screen shows."""

    IDLE = "idle"
    ASKING = "asking"
    READING = "reading"
    DONE = "done"


@dataclass
class Reading:
    """A card somebody at the desk asked for. Changed under the lock of `Readings` only."""

    until: float
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    stage: Stage = Stage.ASKING
    message: str = ""
    is_last_try: bool = False
    found: Attributes | None = field(default=None, repr=False)
    error: BridgeError | None = None


@dataclass(frozen=True)
class Screen:
    """What the resident sees, without anything of the card."""

    stage: Stage
    reading: str = ""
    message: str = ""
    is_last_try: bool = False


class Readings:
    """For all threads. A reading that is begun ends the one before it."""

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader
        self._change = threading.Condition()
        self._now: Reading | None = None
        self._farewell, self._farewell_until = "", 0.0

    def wait_for(self, is_gone: Callable[[], bool], *, seconds: float = SECONDS) -> Attributes:
        """Begin a reading and wait for its end: what the card says, handed out once.

        `is_gone` tells that nobody waits any more. Raises every BridgeError that ends a reading.
        """
        reading = Reading(time.monotonic() + seconds)
        with self._change:
            if self._now is not None:
                self._end(self._now, Replaced())
            self._now = reading
            while reading.stage != Stage.DONE:
                self._change.wait(_LOOK)
                if reading.stage == Stage.ASKING and time.monotonic() >= reading.until:
                    self._end(reading, TimedOut())
                elif is_gone():
                    self._end(reading, Cancelled())
            found, error = reading.found, reading.error
            reading.found = None
        if found is None:
            raise error or Cancelled()
        return found

    def screen(self) -> Screen:
        """What the resident's screen shows now."""
        with self._change:
            one = self._now
            if one is not None:
                return Screen(one.stage, one.id, one.message, one.is_last_try)
            return Screen(Stage.IDLE, message=self._farewell if time.monotonic() < self._farewell_until else "")

    def open_card(self, reading_id: str, secret: Secret, *, may_be_last: bool = False) -> None:
        """Read the card with what the resident typed. What goes wrong stands on the screen, and ends it or does not."""
        reading = self._begin_reading(reading_id)
        if reading is None:
            return
        try:
            with self._reader.card() as link:
                found = read_card(link, secret, may_be_last=may_be_last)
        except BridgeError as error:
            self._fail(reading, error)
        else:
            with self._change:
                reading.found = found
                self._end(reading, None)

    def refuse(self, reading_id: str) -> None:
        """The resident does not want it."""
        with self._change:
            if self._now is not None and self._now.id == reading_id and self._now.stage == Stage.ASKING:
                self._end(self._now, Cancelled())

    def complain(self, reading_id: str, error: BridgeError) -> None:
        """Say on the screen that something typed cannot be right."""
        with self._change:
            if self._now is not None and self._now.id == reading_id and self._now.stage == Stage.ASKING:
                self._now.message = str(error)

    def _begin_reading(self, reading_id: str) -> Reading | None:
        """The reading, if it waits for a secret: sent twice, the card is asked once."""
        with self._change:
            one = self._now
            if one is None or one.id != reading_id or one.stage != Stage.ASKING:
                return None
            one.stage, one.message = Stage.READING, ""
            return one

    def _fail(self, reading: Reading, error: BridgeError) -> None:
        with self._change:
            if reading.stage == Stage.DONE:
                return
            if error.is_over:
                self._end(reading, error)
                return
            reading.stage, reading.message = Stage.ASKING, str(error)
            reading.is_last_try = isinstance(error, LastTry) or (isinstance(error, WrongSecret) and error.left == 1)
            reading.until = max(reading.until, time.monotonic() + _AGAIN)

    def _end(self, reading: Reading, error: BridgeError | None) -> None:
        """Under the lock. What was ended before stays as it ended: nothing of a card reaches a reading given up."""
        if reading.stage == Stage.DONE:
            reading.found = None
        else:
            reading.stage, reading.error = Stage.DONE, error
            self._farewell, self._farewell_until = str(error or TAKEN), time.monotonic() + _FAREWELL
        if self._now is reading:
            self._now = None
        self._change.notify_all()
