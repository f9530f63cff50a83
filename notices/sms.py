"""Who sends text messages: one interface, a console for trials, one provider over HTTP."""

import datetime as dt
import time
from email.message import EmailMessage
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from notices.peers import may_have_arrived

if TYPE_CHECKING:
    import requests

_TIMEOUT_SECONDS = (3.05, 10)


class SmsError(Exception):
    """A message was not sent. The text is shown to staff: no number in it."""


class Refused(SmsError):
    """The provider refuses this number or text for good."""


class NotTaken(SmsError):
    """The provider has certainly not taken it: it may be tried again."""


class AnswerLost(SmsError):
    """The provider may have taken it: nobody knows, and a second try may be a second message."""


class Provider(Protocol):
    """Sends one text; returns the provider's name for it. Raises Refused, NotTaken or AnswerLost."""

    def send(self, *, to: str, text: str) -> str: ...


def provider() -> Provider:
    """The one that SMS_PROVIDER names."""
    made: Provider = import_string(settings.SMS_PROVIDER)()
    return made


def is_configured() -> bool:
    """Whether this city sends texts at all."""
    return bool(settings.SMS_PROVIDER)


class ConsoleProvider:
    """Sends nothing: each text becomes a file beside the demo's mails, where its page shows it."""

    def send(self, *, to: str, text: str) -> str:
        """Write the text as a mail to the number. A file, because a number and a code must not stand in a log."""
        message = EmailMessage()
        message["Subject"] = "SMS"
        message["To"] = to
        message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
        message.set_content(text)
        folder = settings.EMAIL_FILE_PATH
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{timezone.now():%Y%m%d-%H%M%S}-{time.monotonic_ns()}-sms.log"
        (folder / name).write_bytes(message.as_bytes())
        return name


class TwilioProvider:
    """Twilio's Messages resource (API 2010-04-01), which several providers also speak; SMS_API_URL says where."""

    def send(self, *, to: str, text: str) -> str:
        """Post one message. Source: Twilio, "Messages resource"; it knows no key for repeated calls."""
        # only the worker sends
        import requests

        url = f"{settings.SMS_API_URL}/2010-04-01/Accounts/{settings.SMS_ACCOUNT}/Messages.json"
        try:
            answer = requests.post(
                url,
                data={"To": to, "From": settings.SMS_SENDER, "Body": text},
                auth=(settings.SMS_ACCOUNT, settings.SMS_TOKEN),
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            lost = AnswerLost if may_have_arrived(error) else NotTaken
            raise lost(type(error).__name__) from None
        return _reference_in(answer)


def _reference_in(answer: "requests.Response") -> str:
    status = answer.status_code
    try:
        content = answer.json()
    except ValueError:
        content = {}
    if status == HTTPStatus.CREATED:
        return str(content.get("sid", ""))
    reason = f"{status} {content.get('code', '')}".strip()
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.UNAUTHORIZED):
        raise NotTaken(reason)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST:
        raise AnswerLost(reason)
    raise Refused(reason)
