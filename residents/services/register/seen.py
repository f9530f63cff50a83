"""Which resident numbers a file has named already, in flat memory whatever the size of the city."""

import sqlite3
from types import TracebackType


class SeenNumbers:
    """A set of texts in a private temporary database that SQLite keeps on disk when it grows."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("CREATE TABLE seen (number TEXT PRIMARY KEY) WITHOUT ROWID")
        self._connection.execute("BEGIN")

    def __enter__(self) -> "SeenNumbers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def add(self, number: str) -> bool:
        """Remember a number; False when it was there."""
        return self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (number,)).rowcount == 1
