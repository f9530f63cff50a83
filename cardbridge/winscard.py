"""PC/SC through the system's own library (winscard.dll, libpcsclite.so.1): the eight calls that are needed.

By ctypes instead of the package pyscard, which has to be compiled on Linux: docs/adr/0004 says why. The two systems
differ in the width of their numbers and in the alphabet of reader names, and in nothing else.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int32, c_long, c_size_t, c_ubyte, c_uint32, c_ulong, c_void_p, c_wchar_p
from typing import Any, Final

from cardbridge.errors import BridgeError, CardRemoved, CardUnreadable, NoCard, NoReader, NoService, ReaderBusy

_IS_WINDOWS: Final = sys.platform == "win32"
_DWORD: Any = c_uint32 if _IS_WINDOWS else c_ulong
_LONG: Any = c_int32 if _IS_WINDOWS else c_long
_HANDLE: Any = c_size_t if _IS_WINDOWS else c_long
_NAME: Any = c_wchar_p if _IS_WINDOWS else c_char_p
_CHARACTER: Any = ctypes.c_wchar if _IS_WINDOWS else ctypes.c_char
_SUFFIX: Final = "W" if _IS_WINDOWS else ""

_SCOPE_SYSTEM: Final = 2
# nobody else may talk to a card that the resident has opened
_SHARE_EXCLUSIVE: Final = 1
_ANY_PROTOCOL: Final = 3
# the card forgets that it was opened
_UNPOWER: Final = 2
_MOST_ANSWER: Final = 258

_ERRORS: Final[dict[int, type[BridgeError]]] = {
    0x8010001D: NoService,
    0x8010001E: NoService,
    0x80100009: NoReader,
    0x80100017: NoReader,
    0x8010002E: NoReader,
    0x8010000B: ReaderBusy,
    0x8010000C: NoCard,
    0x80100069: CardRemoved,
    # reset by somebody else: as good as taken away
    0x80100068: CardRemoved,
}
"""Everything else: the card does not answer."""


class _Request(ctypes.Structure):
    _fields_ = [("protocol", _DWORD), ("length", _DWORD)]


def _library() -> Any:
    """The library with the shapes of its calls. Raises NoService where the system has none."""
    try:
        if sys.platform == "win32":
            found: Any = ctypes.WinDLL("winscard.dll")
        else:
            found = ctypes.CDLL("libpcsclite.so.1")
    except OSError:
        raise NoService from None
    number = POINTER(_DWORD)
    shapes: dict[str, list[Any]] = {
        "SCardEstablishContext": [_DWORD, c_void_p, c_void_p, POINTER(_HANDLE)],
        "SCardReleaseContext": [_HANDLE],
        f"SCardListReaders{_SUFFIX}": [_HANDLE, c_void_p, c_void_p, number],
        f"SCardConnect{_SUFFIX}": [_HANDLE, _NAME, _DWORD, _DWORD, POINTER(_HANDLE), number],
        "SCardBeginTransaction": [_HANDLE],
        "SCardEndTransaction": [_HANDLE, _DWORD],
        "SCardTransmit": [_HANDLE, POINTER(_Request), c_void_p, _DWORD, c_void_p, c_void_p, number],
        "SCardDisconnect": [_HANDLE, _DWORD],
    }
    for name, arguments in shapes.items():
        function = getattr(found, name)
        function.argtypes, function.restype = arguments, _LONG
    return found


def _check(status: int) -> None:
    """Raises what a status of PC/SC means."""
    if status:
        raise _ERRORS.get(status & 0xFFFFFFFF, CardUnreadable)


class CardLink:
    """A card that lies on a reader, ours alone."""

    def __init__(self, library: Any, handle: Any, protocol: int) -> None:
        self._library, self._handle = library, handle
        self._request = _Request(protocol, ctypes.sizeof(_Request))

    def transmit(self, command: bytes) -> bytes:
        sent = (c_ubyte * len(command)).from_buffer_copy(command)
        answer = (c_ubyte * _MOST_ANSWER)()
        length = _DWORD(_MOST_ANSWER)
        try:
            _check(
                self._library.SCardTransmit(
                    self._handle, byref(self._request), sent, len(command), None, answer, byref(length)
                )
            )
            return bytes(answer[: length.value])
        finally:
            # the PIN was in it, and the person
            ctypes.memset(sent, 0, len(command))
            ctypes.memset(answer, 0, _MOST_ANSWER)


class Readers:
    """The readers of this computer, for as long as a `with` block of `opened` lasts."""

    def __init__(self, library: Any, context: Any) -> None:
        self._library, self._context = library, context

    def names(self) -> list[str]:
        """Raises NoReader, NoService."""
        list_readers = getattr(self._library, f"SCardListReaders{_SUFFIX}")
        length = _DWORD(0)
        _check(list_readers(self._context, None, None, byref(length)))
        room = (_CHARACTER * length.value)()
        _check(list_readers(self._context, None, room, byref(length)))
        raw: Any = room[: length.value]
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        return [name for name in text.split("\0") if name]

    @contextmanager
    def connected(self, name: str) -> Iterator[CardLink]:
        """The card on a reader, without any other program, and closed again at the end whatever happened.

        Raises NoCard, ReaderBusy, CardRemoved, CardUnreadable.
        """
        connect = getattr(self._library, f"SCardConnect{_SUFFIX}")
        handle, protocol = _HANDLE(), _DWORD()
        given = name if _IS_WINDOWS else name.encode()
        _check(connect(self._context, given, _SHARE_EXCLUSIVE, _ANY_PROTOCOL, byref(handle), byref(protocol)))
        try:
            _check(self._library.SCardBeginTransaction(handle))
            try:
                yield CardLink(self._library, handle, protocol.value)
            finally:
                self._library.SCardEndTransaction(handle, _UNPOWER)
        finally:
            self._library.SCardDisconnect(handle, _UNPOWER)


@contextmanager
def opened() -> Iterator[Readers]:
    """The system's readers. Raises NoService."""
    library = _library()
    context = _HANDLE()
    _check(library.SCardEstablishContext(_SCOPE_SYSTEM, None, None, byref(context)))
    try:
        yield Readers(library, context)
    finally:
        library.SCardReleaseContext(context)
