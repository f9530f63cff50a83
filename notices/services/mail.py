"""Every mail of the product goes through one table; nothing is sent inside a request."""

import datetime as dt
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail import BadHeaderError
from django.utils import timezone

from cityhall.crypto import encrypt
from cityhall.enums import Lane
from cityhall.queue import wake
from notices.models import OutgoingMail


def queue_mail(
    *,
    to: str,
    subject: str,
    body: str,
    sensitive: bool = False,
    body_html: str = "",
    from_email: str = "",
    headers: dict[str, str] | None = None,
    lane: Lane = Lane.SINGLE,
    now: dt.datetime | None = None,
) -> OutgoingMail:
    """Put one mail to one person into the outbox, in the current transaction; the worker sends it after commit.

    The Message-ID is made here, once: a second try of the same row is the same mail to every mail program.
    A `sensitive` body (codes, links) is encrypted, and wiped when it was sent.
    Raises BadHeaderError for line ends in a header.
    """
    mail = make_mail(
        to=to,
        subject=subject,
        body=body,
        sensitive=sensitive,
        body_html=body_html,
        from_email=from_email,
        headers=headers,
        lane=lane,
        now=now,
    )
    mail.save(force_insert=True)
    wake_sender()
    return mail


def wake_sender() -> None:
    """Have the worker look into the outbox after the commit."""
    wake("notices.tasks.send_mails")


def make_mail(
    *,
    to: str,
    subject: str,
    body: str,
    sensitive: bool = False,
    body_html: str = "",
    from_email: str = "",
    headers: dict[str, str] | None = None,
    lane: Lane = Lane.SINGLE,
    now: dt.datetime | None = None,
) -> OutgoingMail:
    """The row of `queue_mail`, not saved yet: for who writes it in one statement with what it tells of.

    Raises BadHeaderError for line ends in a header.
    """
    sender = from_email or settings.DEFAULT_FROM_EMAIL
    if any(mark in value for value in (to, subject, sender) for mark in "\r\n"):
        raise BadHeaderError("line ends are not allowed in a mail header")
    return OutgoingMail(
        message_id=make_msgid(domain=_domain_of(sender)),
        to=to,
        from_email=sender,
        subject=subject,
        body=encrypt(body) if sensitive else body,
        body_html=encrypt(body_html) if sensitive and body_html else body_html,
        headers=headers or {},
        is_encrypted=sensitive,
        lane=lane,
        due_at=now or timezone.now(),
    )


def _domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
