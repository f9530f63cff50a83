"""Run as a process: read a PDF from standard input and print "ok" or one word of what is wrong with it.

Knows nothing of Django, so that it starts fast. The limits are set by the process on itself.
"""

import io
import resource
import sys

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
MAX_PAGES = 1000
MAX_OBJECTS = 300_000
MAX_UNPACKED_BYTES = 400 * 1024 * 1024


def problem(content: bytes) -> str:
    """One word, or "ok"."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                return "encrypted"
            if len(pdf.pages) > MAX_PAGES or len(pdf.objects) > MAX_OBJECTS:
                return "too_big_inside"
            return _unpack(pdf)
    except pikepdf.PasswordError:
        return "encrypted"
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError):
        return "unreadable"
    except MemoryError:
        return "too_big_inside"


def _unpack(pdf: "pikepdf.Pdf") -> str:  # type: ignore[name-defined]  # noqa: F821
    """Unpack every stream but pictures, counting."""
    import pikepdf

    unpacked = 0
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            try:
                unpacked += len(item.read_bytes(pikepdf.StreamDecodeLevel.generalized))
            except pikepdf.PdfError:
                # a filter that is not unpacked here (a picture's) or a broken one: a viewer decides
                continue
            if unpacked > MAX_UNPACKED_BYTES:
                return "too_big_inside"
    return "ok"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(problem(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
