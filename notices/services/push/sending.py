"""Sending web pushes (RFC 8030, 8291): one HTTP session for all, each push encrypted for its browser."""

import datetime as dt
import json
import logging
from types import TracebackType
from typing import TYPE_CHECKING, Self

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.services.work import OUTAGE, OUTAGE_PAUSE, backoff, fail, finish
from notices import vapid
from notices.models import OutgoingPush
from notices.services.alerts.outcomes import record_not_told, record_told
from notices.services.alerts.writing import is_still_theirs
from notices.services.push.subscribing import end_subscription

if TYPE_CHECKING:
    import requests

log = logging.getLogger(__name__)

# the push service keeps it this long for a phone that is off; pywebpush's own default is to drop it at once
TIME_TO_LIVE = dt.timedelta(days=3)
_TIMEOUT_SECONDS = 10
_GONE = (404, 410)
# refused as it is: trying again changes nothing
_FINAL = (400, 413)
_LONGEST_WAIT = dt.timedelta(hours=6)


class PushSender:
    """Sends pushes over connections that are kept; use as a context manager."""

    def __init__(self) -> None:
        self._session: requests.Session | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.close()

    def deliver(self, push: OutgoingPush) -> None:
        """Send one claimed push and record the outcome.

        A browser that is gone (404, 410) ends its subscription. A second try replaces the first on the way (Topic)
        and on the device (tag), so that a lost answer costs nobody two messages.
        """
        # half a second of imports that only the worker needs
        import requests
        from pywebpush import WebPushException

        if push.subscription.ended_at is not None:
            _record_failure(push, _("この端末の登録は終了しています。"), retry_in=None)
            return
        if not is_still_theirs(push, push.subscription.user_id):
            _record_failure(push, _("この端末は、別のアカウントで登録されています。"), retry_in=None)
            return
        try:
            self._send(push)
        except WebPushException as error:
            self._take_refusal(push, error.status_code or 0, error.retry_after or "")
        except (requests.RequestException, OSError) as error:
            # an exception's text names the address: only its class is kept
            name = type(error).__name__
            log.warning("push was not sent", extra={**push.describe(), "reason": name})
            _record_failure(push, _failed_text(name), retry_in=backoff(push.attempts))
        else:
            with transaction.atomic():
                if finish(push):
                    record_told(push, moment=timezone.now())

    def _send(self, push: OutgoingPush) -> None:
        from pywebpush import webpush

        browser = push.subscription
        key = push.retry_key.hex
        webpush(
            {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}},
            data=json.dumps({"title": push.title, "body": push.body, "url": push.url, "tag": key}, ensure_ascii=False),
            vapid_private_key=vapid.signer(),
            vapid_claims=vapid.claims(),
            ttl=int(TIME_TO_LIVE.total_seconds()),
            timeout=_TIMEOUT_SECONDS,
            headers={"Topic": key, "Urgency": "normal"},
            requests_session=self._connection(),
        )

    def _connection(self) -> "requests.Session":
        if self._session is None:
            import requests

            self._session = requests.Session()
            # an address of a push service must not lead the worker anywhere else
            self._session.max_redirects = 0
        return self._session

    def _take_refusal(self, push: OutgoingPush, status: int, retry_after: str) -> None:
        log.warning("push was refused", extra={**push.describe(), "reason": str(status)})
        if status in _GONE:
            with transaction.atomic():
                end_subscription(push.subscription, reason=_("端末側で終了 (%(status)s)") % {"status": status})
                _record_failure(
                    push, _("端末の登録が終了していました。(%(status)s)") % {"status": status}, retry_in=None
                )
            return
        wait = None if status in _FINAL else max(backoff(push.attempts, most=OUTAGE_PAUSE), _seconds(retry_after))
        _record_failure(push, _failed_text(str(status)), retry_in=wait)


def _seconds(retry_after: str) -> dt.timedelta:
    """What the push service asks for; a date instead of seconds is left to our own waiting."""
    return min(dt.timedelta(seconds=int(retry_after)), _LONGEST_WAIT) if retry_after.isdecimal() else dt.timedelta()


def _failed_text(reason: str) -> str:
    return _("送信できませんでした。(%(reason)s)") % {"reason": reason}


def _record_failure(push: OutgoingPush, text: str, *, retry_in: dt.timedelta | None) -> None:
    with transaction.atomic():
        if fail(push, error=text, retry_in=retry_in, patience=OUTAGE) and push.failed_for_good():
            record_not_told(push, moment=timezone.now())
