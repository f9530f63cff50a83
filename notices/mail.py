"""Django's e-mail backend of this product: mails become rows."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from notices.services.mail import queue_mail

# written anew at sending
_OWN_HEADERS = {"message-id", "date", "from", "to", "cc", "bcc", "subject"}


class OutboxBackend(BaseEmailBackend):
    """Writes each mail (allauth's too) into the outbox, one row per recipient, in the current transaction.

    What third parties send may carry codes and links, so the body is always encrypted and wiped after sending.
    Attachments are refused: documents stay behind the sign-in.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue all mails; returns how many messages were taken."""
        for message in email_messages:
            self._queue(message)
        return len(email_messages)

    def _queue(self, message: EmailMessage) -> None:
        if message.attachments:
            raise ValueError("a mail with attachments cannot be queued")
        headers = {name: str(value) for name, value in message.extra_headers.items()}
        for address in message.recipients():
            queue_mail(
                to=parseaddr(address)[1],
                subject=str(message.subject),
                body=str(message.body),
                body_html=_html_of(message),
                from_email=message.from_email,
                headers={name: value for name, value in headers.items() if name.lower() not in _OWN_HEADERS},
                sensitive=True,
            )


def _html_of(message: EmailMessage) -> str:
    if not isinstance(message, EmailMultiAlternatives):
        return ""
    return next((str(content) for content, mimetype in message.alternatives if mimetype == "text/html"), "")
