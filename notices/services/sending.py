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
from cityhall.services.work import backoff, fail, finish
from notices.enums import NoticeState, ReceiptKind
from notices.models import Delivery, Notice, OutgoingMail
from notices.services.events import record_event

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

        A refusal for good (5xx for this recipient or this text) gives the mail up; everything else is
        tried again later. If the process dies between the server's accept and our record, the lease
        runs out and the same mail goes again with the same Message-ID.
        """
        try:
            self._send(_message_of(mail))
        except Exception as error:  # noqa: BLE001 - whatever the peer or the network does is a failure of this mail
            # an SMTP server's text may name the address: only the class and the code are kept
            reason = _reason_of(error)
            log.warning("mail was not sent", extra={**mail.describe(), "reason": reason})
            if not isinstance(error, smtplib.SMTPRecipientsRefused):
                self._hang_up()
            _record_failure(mail, reason, is_final=_is_final(error))
        else:
            _record_sent(mail)

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
    message = EmailMultiAlternatives(mail.subject, body, mail.from_email, [mail.to], headers=headers)
    if html:
        message.attach_alternative(html, "text/html")
    return message


def _is_final(error: Exception) -> bool:
    """Whether the server refused this recipient or this text for good; a refused sign-in or sender is our fault."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _reason_of(error: Exception) -> str:
    codes: list[int] = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _text in error.recipients.values()})
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    return " ".join([type(error).__name__, *(str(code) for code in codes)])


def _record_sent(mail: OutgoingMail) -> None:
    now = timezone.now()
    # what carries a code is of no use to anybody once it was sent
    wiped = {"body": "", "body_html": "", "wiped_at": now} if mail.is_encrypted else {}
    with transaction.atomic():
        if finish(mail, now=now, **wiped):
            _record_receipt(mail, ReceiptKind.NOTIFIED)


def _record_failure(mail: OutgoingMail, reason: str, *, is_final: bool) -> None:
    text = (
        _("宛先のメールサーバーに拒否されました。(%(reason)s)") if is_final else _("送信できませんでした。(%(reason)s)")
    )
    retry_in = None if is_final else backoff(mail.attempts)
    with transaction.atomic():
        if fail(mail, error=text % {"reason": reason}, retry_in=retry_in) and mail.failed_for_good():
            _record_receipt(mail, ReceiptKind.NOTIFY_FAILED)


def _record_receipt(mail: OutgoingMail, kind: ReceiptKind) -> None:
    """Write the event of the notice the mail tells of; nobody who could not be told waits for the paper clock."""
    delivery = Delivery.objects.select_related("notice").filter(mail=mail).first()
    if delivery is None:
        return
    now = timezone.now()
    record_event(delivery.notice, kind, moment=now, channel=delivery.channel)
    if kind == ReceiptKind.NOTIFY_FAILED:
        waiting = Notice.objects.filter(pk=delivery.notice_id, state=NoticeState.AVAILABLE, paper_due_at__gt=now)
        waiting.update(paper_due_at=now)
