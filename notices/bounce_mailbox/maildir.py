"""A Maildir as mail servers fill it: a file for each message, new ones in `new`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_BYTES = 1_000_000
"""A report is short; what is longer is read as far as this."""


class Maildir:
    """New messages of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unread(self, limit: int) -> Iterator[tuple[str, bytes]]:
        """Name and content of new messages, the oldest first. A file that went away meanwhile is left out."""
        for path in sorted((self._folder / "new").iterdir())[:limit]:
            try:
                with path.open("rb") as file:
                    yield path.name, file.read(MOST_BYTES)
            except FileNotFoundError:
                continue

    def remove(self, name: str) -> None:
        """Delete a message whose report was taken: it carries an address and a mail that nobody needs twice."""
        (self._folder / "new" / name).unlink(missing_ok=True)

    def keep(self, name: str) -> None:
        """Put a message that is no report of ours among the read ones, for a person."""
        target = self._folder / "cur"
        target.mkdir(exist_ok=True)
        (self._folder / "new" / name).rename(target / f"{name.partition(':')[0]}:2,S")


@contextmanager
def open_maildir(folder: Path) -> Iterator[Maildir]:
    """The Maildir at a path. Its use raises OSError when it is not there."""
    yield Maildir(folder)
