"""What an error while sending a mail means: tried again, given up, or known by nobody."""

import smtplib
from enum import Enum
from http import HTTPStatus

from notices.transport import AnswerLost


class Verdict(Enum):
    """What becomes of a mail."""

    RETRY = "retry"
    FINAL = "final"
    UNKNOWN = "unknown"


# the provider's gateway gave up waiting for the provider
_LOST_IN_BETWEEN = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)
# our own keys, our own limit, their own trouble: these pass
_PASSING = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
# RFC 3463: no such mailbox, no such host, mailbox closed for good
_DEAD_MAILBOX = (b"5.1.", b"5.2.1")


def verdict_of(error: Exception) -> Verdict:
    """A refusal of this recipient or this text is final; a refused sign-in or sender is our own fault and passes."""
    if isinstance(error, AnswerLost):
        return Verdict.UNKNOWN
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        is_final = all(code >= 500 for code, _text in error.recipients.values())
        return Verdict.FINAL if is_final else Verdict.RETRY
    if isinstance(error, smtplib.SMTPDataError):
        return Verdict.FINAL if error.smtp_code >= 500 else Verdict.RETRY
    return _verdict_of_provider(error) if _is_of_anymail(error) else Verdict.RETRY


def reason_of(error: Exception) -> str:
    """Class and code: an SMTP server's text, and a provider's, may name the address."""
    codes: list[int] = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _text in error.recipients.values()})
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    elif _is_of_anymail(error) and getattr(error, "status_code", None):
        codes = [error.status_code]  # type: ignore[attr-defined]
    return " ".join([type(error).__name__, *(str(code) for code in codes)])


def is_dead_mailbox(error: Exception) -> bool:
    """Whether the answer says that this address takes no mail at all; a refusal for our content says nothing of it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 and text.startswith(_DEAD_MAILBOX) for code, text in error.recipients.values())
    return type(error).__name__ == "AnymailRecipientsRefused"


def _verdict_of_provider(error: Exception) -> Verdict:
    from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused

    from notices.peers import may_have_arrived

    if isinstance(error, AnymailRecipientsRefused):
        return Verdict.FINAL
    if not isinstance(error, AnymailAPIError):
        return Verdict.RETRY
    status = error.status_code
    if status is None:
        return Verdict.UNKNOWN if may_have_arrived(error) else Verdict.RETRY
    if status in _LOST_IN_BETWEEN:
        return Verdict.UNKNOWN
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _PASSING
    return Verdict.FINAL if is_refusal else Verdict.RETRY


def _is_of_anymail(error: Exception) -> bool:
    """Looked at by name: most cities send over SMTP and never import the package."""
    return any(base.__module__.startswith("anymail.") for base in type(error).__mro__)
