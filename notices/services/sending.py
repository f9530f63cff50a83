"""Sending the outbox: one connection, one mail at a time, each with a lease of its own."""

import logging
import smtplib
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.crypto import decrypt
from cityhall.services.work import OUTAGE, OUTAGE_PAUSE, backoff, fail, finish, mark_uncertain
from notices.bounce_mailbox.addresses import envelope_sender
from notices.enums import MailEventKind
from notices.models import OutgoingMail
from notices.services.alerts.outcomes import record_not_told, record_told
from notices.services.alerts.reach import is_bad
from notices.services.bounces import note_bad_address, take_waiting_events
from notices.services.mail_errors import Verdict, is_dead_mailbox, reason_of, verdict_of

log = logging.getLogger(__name__)


class Postman:
    """Sends mails over one connection that is opened at the first mail and kept; use as a context manager."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def deliver(self, mail: OutgoingMail) -> None:
        """Send one claimed mail and record the outcome.

        A refusal for good (5xx for this recipient or this text) gives the mail up. Whether a mail arrived whose answer
        was lost is known by nobody: a person decides. Everything else is tried again later. If the process dies
        between the server's accept and our record, the lease runs out and the same mail goes again with the same
        Message-ID.
        """
        if mail.wiped_at is not None:
            _record_failure(mail, _("保存期間が過ぎて本文を消去したため、送信できません。"), is_final=True)
            return
        if is_held_back(mail):
            _record_failure(mail, _("このメールアドレスは、以前に届かなかったため送信しませんでした。"), is_final=True)
            return
        message = _message_of(mail)
        try:
            self._send(message)
        except Exception as error:  # noqa: BLE001 - whatever the peer or the network does is a failure of this mail
            if not isinstance(error, smtplib.SMTPRecipientsRefused):
                self._hang_up()
            _take_error(mail, error)
        else:
            _record_sent(mail, _reference_of(message))

    def _send(self, message: EmailMultiAlternatives) -> None:
        if self._connection is None:
            self._connection = get_connection(settings.MAIL_TRANSPORT_BACKEND)
            # an open connection is kept by send_messages; one it opens itself is closed again
            self._connection.open()
        self._connection.send_messages([message])

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except (OSError, smtplib.SMTPException):
            log.info("mail server closed the connection first")


def _message_of(mail: OutgoingMail) -> EmailMultiAlternatives:
    body = decrypt(mail.body) if mail.is_encrypted else mail.body
    html = decrypt(mail.body_html) if mail.is_encrypted and mail.body_html else mail.body_html
    headers = {
        **mail.headers,
        "Message-ID": mail.message_id,
        "Date": format_datetime(timezone.localtime(mail.created_at)),
        # out-of-office programs stay silent
        "Auto-Submitted": "auto-generated",
    }
    sender = mail.from_email
    if envelope := envelope_sender(mail.pk):
        headers["From"], sender = mail.from_email, envelope
    message = EmailMultiAlternatives(mail.subject, body, sender, [mail.to], headers=headers)
    if html:
        message.attach_alternative(html, "text/html")
    return message


def is_held_back(mail: OutgoingMail) -> bool:
    """Whether mail came back from the address: only what its owner just asked for (a code) still goes there."""
    return not mail.is_encrypted and is_bad(mail.to)


def _reference_of(message: EmailMultiAlternatives) -> str | None:
    """What a provider calls the mail (anymail); None over SMTP."""
    name = getattr(getattr(message, "anymail_status", None), "message_id", None)
    return str(name)[:200] if name else None


def _take_error(mail: OutgoingMail, error: Exception) -> None:
    # a server's text may name the address: only the class and the code are kept
    reason = reason_of(error)
    log.warning("mail was not sent", extra={**mail.describe(), "reason": reason})
    verdict = verdict_of(error)
    if verdict == Verdict.UNKNOWN:
        text = _("応答がなく、届いたかどうか分かりません。(%(reason)s)")
        mark_uncertain(mail, error=text % {"reason": reason})
        return
    is_final = verdict == Verdict.FINAL
    if is_final and is_dead_mailbox(error):
        note_bad_address(mail.to, MailEventKind.REJECTED)
    text = (
        _("宛先のメールサーバーに拒否されました。(%(reason)s)") if is_final else _("送信できませんでした。(%(reason)s)")
    )
    _record_failure(mail, text % {"reason": reason}, is_final=is_final)


def _record_sent(mail: OutgoingMail, reference: str | None) -> None:
    now = timezone.now()
    # what carries a code is of no use to anybody once it was sent
    wiped = {"body": "", "body_html": "", "wiped_at": now} if mail.is_encrypted else {}
    with transaction.atomic():
        if finish(mail, now=now, provider_reference=reference, **wiped):
            record_told(mail, moment=now)
            take_waiting_events(mail, now=now)


def _record_failure(mail: OutgoingMail, text: str, *, is_final: bool) -> None:
    retry_in = None if is_final else backoff(mail.attempts, most=OUTAGE_PAUSE)
    with transaction.atomic():
        # a server that is down for days must not turn a city's mail into letters
        if fail(mail, error=text, retry_in=retry_in, patience=OUTAGE) and mail.failed_for_good():
            record_not_told(mail, moment=timezone.now())
