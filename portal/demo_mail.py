"""Reads the mails that the demo wrote into a folder instead of sending them."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe

MOST_SHOWN = 50
# what Django's file backend writes after each message
_SEPARATOR = re.compile(rb"^-{79}\r?\n", re.MULTILINE)
_parser = BytesParser(EmailMessage, policy=modern)
# a code stands alone on its line
_CODE_LINE = re.compile(r"^(\s*)([A-Z0-9]{3,8}(?:-[A-Z0-9]{3,8})?)(\s*)$", re.MULTILINE)


@dataclass(frozen=True)
class DemoMail:
    """One mail as its reader would see it."""

    subject: str
    to: str
    sent_at: dt.datetime | None
    body: SafeString


def newest_mails(folder: Path, limit: int = MOST_SHOWN) -> list[DemoMail]:
    """The newest mails of the folder, newest first; an absent folder has none."""
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    mails: list[DemoMail] = []
    for path in files:
        mails += [_read(message) for message in reversed(list(_messages_in(path)))]
        if len(mails) >= limit:
            break
    return mails[:limit]


def _messages_in(path: Path) -> Iterator[EmailMessage]:
    for part in _SEPARATOR.split(path.read_bytes()):
        if part.strip():
            yield _parser.parsebytes(part)


def _read(message: EmailMessage) -> DemoMail:
    text = message.get_body(preferencelist=("plain",))
    return DemoMail(
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sent_at=_sent_at(message),
        body=_as_html(str(text.get_content()) if text else ""),
    )


def _sent_at(message: EmailMessage) -> dt.datetime | None:
    """The Date header; one without a zone is in UTC, as Django writes it."""
    if not message["Date"]:
        return None
    moment = parsedate_to_datetime(str(message["Date"]))
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _as_html(text: str) -> SafeString:
    """Escaped text with links to click and codes to see."""
    escaped = urlize(text, nofollow=True, autoescape=True)
    return mark_safe(_CODE_LINE.sub(r'\1<strong class="demo-mail__code">\2</strong>\3', escaped))  # noqa: S308 - urlize has escaped it
