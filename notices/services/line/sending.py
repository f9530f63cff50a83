"""Sending LINE messages: the retry key makes a repeated call the same message."""

import logging
from types import TracebackType
from typing import Self

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.services.work import backoff, fail, finish, mark_uncertain
from notices.models import OutgoingLine
from notices.services.alerts.outcomes import record_not_told, record_told
from notices.services.alerts.writing import is_still_theirs
from notices.services.line.client import LineClient

log = logging.getLogger(__name__)

_TAKEN_BEFORE = 409
# the friend or the text is refused; 401 and 403 are the city's own keys, 429 its limit: those may be mended
_FINAL = (400, 404, 413)
_MOST_TRIES = 8


class LineSender:
    """Sends messages over one client that is made at the first one and kept; use as a context manager."""

    def __init__(self) -> None:
        self._client: LineClient | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.close()

    def deliver(self, message: OutgoingLine) -> None:
        """Send one claimed message and record the outcome.

        When the last answer was lost as well, nobody knows whether it arrived: a person decides.
        """
        from linebot.v3.messaging.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        if message.account.blocked_at is not None:
            _record_failure(message, _("相手がLINEでブロックしています。"), is_final=True)
            return
        if not is_still_theirs(message, message.account.user_id):
            _record_failure(message, _("このLINEアカウントは、別の方と連携しています。"), is_final=True)
            return
        try:
            reference = self._send(message)
        except ApiException as error:
            status = int(error.status or 0)
            if status == _TAKEN_BEFORE:
                _record_sent(message, "")
                return
            log.warning("line message was refused", extra={**message.describe(), "reason": str(status)})
            _record_failure(message, _failed_text(str(status)), is_final=status in _FINAL)
        except (HTTPError, OSError) as error:
            name = type(error).__name__
            log.warning("line message was not answered", extra={**message.describe(), "reason": name})
            self._record_silence(message, name)
        else:
            _record_sent(message, reference)

    def _send(self, message: OutgoingLine) -> str:
        if self._client is None:
            self._client = LineClient()
        return self._client.push(to=message.account.line_user_id, text=message.text, retry_key=message.retry_key)

    def _record_silence(self, message: OutgoingLine, reason: str) -> None:
        if message.attempts < _MOST_TRIES:
            _record_failure(message, _failed_text(reason), is_final=False)
        else:
            mark_uncertain(message, error=_("LINEから応答がなく、届いたかどうか分かりません。(%s)") % reason)


def _failed_text(reason: str) -> str:
    return _("送信できませんでした。(%(reason)s)") % {"reason": reason}


def _record_sent(message: OutgoingLine, reference: str) -> None:
    with transaction.atomic():
        if finish(message, provider_reference=reference[:100]):
            record_told(message, moment=timezone.now())


def _record_failure(message: OutgoingLine, text: str, *, is_final: bool) -> None:
    retry_in = None if is_final else backoff(message.attempts)
    with transaction.atomic():
        if fail(message, error=text, retry_in=retry_in, max_attempts=_MOST_TRIES) and message.failed_for_good():
            record_not_told(message, moment=timezone.now())
