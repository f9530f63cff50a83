"""A mailbox on an IMAP server (RFC 3501)."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings

from notices.bounce_mailbox.maildir import MOST_BYTES

_TIMEOUT_SECONDS = 15


class ImapMailbox:
    """Unseen messages of one folder."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def unread(self, limit: int) -> Iterator[tuple[str, bytes]]:
        """Id and content of unseen messages, the oldest first; reading leaves them unseen."""
        _answer, found = self._connection.uid("SEARCH", "UNSEEN", "UNDELETED")
        for uid in (found[0] or b"").split()[:limit]:
            name = uid.decode()
            _answer, parts = self._connection.uid("FETCH", name, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
            content = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if content is not None:
                yield name, content

    def remove(self, name: str) -> None:
        """Mark a message whose report was taken as deleted; the folder is emptied of those at the end."""
        self._connection.uid("STORE", name, "+FLAGS.SILENT", r"(\Seen \Deleted)")

    def keep(self, name: str) -> None:
        """Mark a message that is no report of ours as seen, for a person."""
        self._connection.uid("STORE", name, "+FLAGS.SILENT", r"(\Seen)")


@contextmanager
def open_imap() -> Iterator[ImapMailbox]:
    """The city's bounce mailbox on its server. Raises OSError, imaplib.IMAP4.error."""
    connection = _connect()
    try:
        connection.login(settings.BOUNCE_IMAP_USER, settings.BOUNCE_IMAP_PASSWORD)
        answer, _found = connection.select(f'"{settings.BOUNCE_IMAP_FOLDER}"')
        if answer != "OK":
            raise imaplib.IMAP4.error("no such folder")
        yield ImapMailbox(connection)
        connection.expunge()
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()


def _connect() -> imaplib.IMAP4:
    host, port = settings.BOUNCE_IMAP_HOST, settings.BOUNCE_IMAP_PORT
    if not settings.BOUNCE_IMAP_TLS:
        return imaplib.IMAP4(host, port, timeout=_TIMEOUT_SECONDS)
    return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT_SECONDS)
