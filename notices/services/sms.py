"""Sending text messages. Providers know no retry key: what may have been sent is never sent again by itself."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.crypto import decrypt
from cityhall.services.work import OUTAGE, OUTAGE_PAUSE, backoff, fail, finish, mark_uncertain
from notices import sms
from notices.models import OutgoingSms
from notices.services.alerts.outcomes import record_not_told, record_told

log = logging.getLogger(__name__)


def deliver_text(message: OutgoingSms) -> None:
    """Send one claimed text and record the outcome.

    A lost answer, and a worker that died while it sent, leave it uncertain: a person decides.
    """
    if message.lost_lease:
        mark_uncertain(message, error=_("送信の途中で処理が止まり、届いたかどうか分かりません。"))
        return
    # a code goes to a number to prove it; everything else to a proven one
    if message.sms_number.ended_at is not None or not (message.is_encrypted or message.sms_number.verified_at):
        _record_failure(message, _("この電話番号の登録は終了しています。"), is_final=True)
        return
    text = decrypt(message.text) if message.is_encrypted else message.text
    try:
        reference = sms.provider().send(to=message.sms_number.number, text=text)
    except sms.AnswerLost as error:
        _log(message, error)
        mark_uncertain(message, error=_("応答がなく、届いたかどうか分かりません。(%(reason)s)") % {"reason": error})
    except sms.SmsError as error:
        _log(message, error)
        reason = _("送信できませんでした。(%(reason)s)") % {"reason": error}
        _record_failure(message, reason, is_final=isinstance(error, sms.Refused))
    else:
        _record_sent(message, reference)


def _log(message: OutgoingSms, error: sms.SmsError) -> None:
    log.warning("text was not sent", extra={**message.describe(), "reason": f"{type(error).__name__} {error}"})


def _record_sent(message: OutgoingSms, reference: str) -> None:
    # a code is of no use to anybody once it was sent
    wiped: dict[str, Any] = {"text": ""} if message.is_encrypted else {}
    with transaction.atomic():
        if finish(message, provider_reference=reference[:100], **wiped):
            record_told(message, moment=timezone.now())


def _record_failure(message: OutgoingSms, text: str, *, is_final: bool) -> None:
    retry_in = None if is_final else backoff(message.attempts, most=OUTAGE_PAUSE)
    with transaction.atomic():
        if fail(message, error=text, retry_in=retry_in, patience=OUTAGE) and message.failed_for_good():
            record_not_told(message, moment=timezone.now())
