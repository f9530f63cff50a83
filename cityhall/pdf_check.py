"""Run as a process: read a PDF from standard input and print "ok" or one word of what is wrong with it.

Knows nothing of Django, so that it starts fast. The limits are set by the process on itself.
"""

import io
import resource
import sys
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
MAX_PAGES = 1000
MAX_OBJECTS = 300_000
MAX_UNPACKED_BYTES = 300 * 1024 * 1024


def problem(content: bytes) -> str:
    """One word, or "ok"."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                return "encrypted"
            if len(pdf.pages) > MAX_PAGES or len(pdf.objects) > MAX_OBJECTS:
                return "too_big_inside"
            _unpack_all(pdf)
    except pikepdf.PasswordError:
        return "encrypted"
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError):
        return "unreadable"
    except MemoryError:
        return "too_big_inside"
    return "ok"


def _unpack_all(pdf: "pikepdf.Pdf") -> None:
    """Unpack every stream but pictures. Raises MemoryError when they are too much together."""
    import pikepdf

    room = MAX_UNPACKED_BYTES
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            room -= _unpacked_size(item, room)
            if room < 0:
                raise MemoryError


def _unpacked_size(stream: "pikepdf.Stream", room: int) -> int:
    import pikepdf

    filters = stream.get("/Filter", pikepdf.Array())
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names and set(names) == {"/FlateDecode"}:
        data = stream.read_raw_bytes()
        for _layer in names:
            data = _inflate(data, room)
        return len(data)
    try:
        return len(stream.read_bytes(pikepdf.StreamDecodeLevel.generalized))
    except pikepdf.PdfError as error:
        if "bad_alloc" in str(error):
            raise MemoryError from None
        # a picture's filter, or a broken stream: a viewer decides
        return 0


def _inflate(data: bytes, room: int) -> bytes:
    """Unpack no more than there is room for."""
    try:
        unpacked = zlib.decompressobj().decompress(data, room + 1)
    except zlib.error:
        return b""
    if len(unpacked) > room:
        raise MemoryError
    return unpacked


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(problem(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
