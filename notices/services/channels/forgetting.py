"""What is not needed any more of channels and topics is not kept."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from notices.models import LineEvent, LineNonce, TopicSubscription
from notices.services.topics.subscribing import CONFIRM_DAYS

# LINE delivers an event again within hours
EVENTS_KEPT = dt.timedelta(days=7)
# long enough for the ways out in old mails to answer
ENDED_KEPT = dt.timedelta(days=90)


def forget_channels(*, now: dt.datetime | None = None) -> int:
    """Delete handled events, nonces that are over, addresses nobody confirmed and subscriptions long ended."""
    moment = now or timezone.now()
    unconfirmed = Q(confirmed_at__isnull=True, asked_at__lt=moment - dt.timedelta(days=CONFIRM_DAYS))
    old = (
        LineEvent.objects.filter(at__lt=moment - EVENTS_KEPT),
        LineNonce.objects.filter(expires_at__lt=moment - EVENTS_KEPT),
        TopicSubscription.objects.filter(unconfirmed | Q(ended_at__lt=moment - ENDED_KEPT)),
    )
    return sum(rows.delete()[0] for rows in old)
