"""Reading the bounce mailbox: each report becomes the event that a provider would have told."""

import hashlib
import imaplib
import logging
from contextlib import AbstractContextManager
from pathlib import Path

from django.conf import settings

from notices.bounce_mailbox.addresses import mail_id_of
from notices.bounce_mailbox.imap import ImapMailbox, open_imap
from notices.bounce_mailbox.maildir import Maildir, open_maildir
from notices.bounce_mailbox.reports import Bounce, Report, read_bounce
from notices.models import OutgoingMail
from notices.services.bounces import MailReport, take_mail_event

log = logging.getLogger(__name__)

MOST_MESSAGES = 200


def read_mailbox(*, limit: int = MOST_MESSAGES) -> int:
    """Take in new messages of the city's bounce mailbox; the number of new events. 0 where there is no mailbox.

    A report of a mail of ours becomes its event, once however often it is read, and the message is deleted; what is no
    report, or of none of our mails, is marked as read and left to a person. A mailbox that cannot be reached is read
    the next time.
    """
    mailbox = _mailbox()
    if mailbox is None:
        return 0
    count = 0
    try:
        with mailbox as messages:
            for name, content in messages.unread(limit):
                taken = take_message(content)
                if taken is None:
                    messages.keep(name)
                else:
                    messages.remove(name)
                    count += taken
    except (OSError, imaplib.IMAP4.error) as error:
        # the text may name the user
        log.error("bounce mailbox cannot be read", extra={"error": type(error).__name__})  # noqa: TRY400
    return count


def take_message(content: bytes) -> int | None:
    """Take in one message; the number of new events, None when it is no report of a mail of ours."""
    bounce = read_bounce(content)
    mail = _mail_of(bounce) if bounce is not None else None
    if bounce is None or mail is None:
        return None
    return sum(take_mail_event(_event_of(report, mail)) for report in bounce.reports)


def _mailbox() -> AbstractContextManager[Maildir | ImapMailbox] | None:
    if settings.BOUNCE_MAILDIR:
        return open_maildir(Path(settings.BOUNCE_MAILDIR))
    return open_imap() if settings.BOUNCE_IMAP_HOST else None


def _mail_of(bounce: Bounce) -> OutgoingMail | None:
    """The mail that came back: by the address it came back to, else by its Message-ID, which only its reader knows."""
    for address in bounce.addresses:
        mail_id = mail_id_of(address)
        if mail_id is not None:
            return OutgoingMail.objects.filter(pk=mail_id).first()
    return OutgoingMail.objects.filter(message_id=bounce.message_id).first() if bounce.message_id else None


def _event_of(report: Report, mail: OutgoingMail) -> MailReport:
    """The event under our own name of the mail. Its address is the one we wrote to, whoever that one forwards to."""
    said = f"{mail.message_id}\x1f{report.event_type}\x1f{report.status}\x1f{report.recipient.lower()}"
    return MailReport(
        event_type=report.event_type,
        message_id=mail.message_id,
        event_id=f"dsn {hashlib.sha256(said.encode()).hexdigest()}",
        recipient=mail.to,
        reject_reason="invalid" if report.is_for_good else None,
    )
