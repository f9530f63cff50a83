"""Waits for a card on a reader of this computer."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final, Protocol

from cardbridge import winscard
from cardbridge.apdu import Link
from cardbridge.errors import BridgeError, CardRemoved, CardUnreadable, NoCard, NoReader, ReaderBusy

_PAUSE: Final = 0.2


class Readers(Protocol):
    """The readers of a computer."""

    def names(self) -> list[str]: ...

    def connected(self, name: str) -> AbstractContextManager[Link]: ...


Opened = Callable[[], AbstractContextManager[Readers]]


class CardReader:
    """The reader of the counter PC. `name` is a part of its name where there are several; "" takes any."""

    def __init__(self, name: str = "", *, patience: float = 10.0, opened: Opened = winscard.opened) -> None:
        self._name, self._patience, self._opened = name, patience, opened

    @contextmanager
    def card(self) -> Iterator[Link]:
        """The card, as soon as one lies there; closed again at the end of the block.

        The first connect to a card that was just put down often fails: it is tried again until `patience` seconds are
        over. Raises NoService, NoReader, NoCard, ReaderBusy, CardRemoved, CardUnreadable.
        """
        with self._opened() as readers, ExitStack() as stack:
            yield self._connect(readers, stack)

    def _connect(self, readers: Readers, stack: ExitStack) -> Link:
        until = time.monotonic() + self._patience
        while True:
            problem: BridgeError = NoCard()
            for name in self._wanted(readers.names()):
                try:
                    return stack.enter_context(readers.connected(name))
                except NoCard:
                    continue
                except (CardUnreadable, CardRemoved, ReaderBusy) as error:
                    problem = error
            if time.monotonic() >= until:
                raise problem
            time.sleep(_PAUSE)

    def _wanted(self, names: list[str]) -> list[str]:
        found = [name for name in names if self._name.casefold() in name.casefold()]
        if not found:
            raise NoReader
        return found
