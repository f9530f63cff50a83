"""Adding a signature to a PDF/A without taking its archive format away."""

import io
from functools import lru_cache
from typing import Any

_NEWEST_VERSION = (1, 7)


def writer_for(pdf: bytes) -> Any:
    """What adds a signature to the end of a PDF."""
    return _archive_writer()(io.BytesIO(pdf))


@lru_cache(maxsize=1)
def _archive_writer() -> Any:
    # made here because importing pyHanko costs 0.4 s, which only the worker needs to pay
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class ArchiveWriter(IncrementalPdfFileWriter):
        """Leaves the version and the metadata of the document as they are.

        Source: ISO 19005-3, 6.1.2: the version is 1.0 to 1.7. The stock writer makes it 2.0 for keys on an elliptic
        curve, only to name an extension that no reader asks for; and it writes the metadata anew, which takes half
        of the time of a signature and says nothing new.
        """

        def ensure_output_version(self, version: tuple[int, int]) -> None:
            if version <= _NEWEST_VERSION:
                super().ensure_output_version(version)  # type: ignore[no-untyped-call]

        def register_extension(self, ext: Any) -> None:
            major, minor = (int(part) for part in ext.base_version.lstrip("/").split("."))
            if (major, minor) <= _NEWEST_VERSION:
                super().register_extension(ext)

        def _update_meta(self) -> None:
            pass

    return ArchiveWriter
