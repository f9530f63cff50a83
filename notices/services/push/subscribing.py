"""Browsers that take web push: taken in, handed to another account, ended."""

import base64
import binascii
import datetime as dt
import hashlib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.models import User
from notices.enums import Channel
from notices.models import PushSubscription
from notices.services.alerts.accounts import tell_of_ended_way

_LONGEST_ENDPOINT = 800
_POINT_BYTES, _SECRET_BYTES = 65, 16
_LOOPBACK = ("127.0.0.1", "localhost")


class NotAPushService(DomainError):
    """The address is not one of a push service we know, or its keys are none."""

    code = "not_a_push_service"
    message = _(
        "このブラウザのプッシュ通知には対応していません。別のブラウザをお使いいただくか、メールなどでお受け取りください。"
    )


def subscribe(
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    device_name: str,
    user: User | None,
    now: dt.datetime | None = None,
) -> PushSubscription:
    """Take a browser in, or renew what is known of it.

    A browser has one address: whoever signs in last on it gets its pushes, and who had it before learns so by their
    other ways. Without a user (news of topics only) the account it belongs to stays.
    Only addresses of known push services are taken: the worker would post to whatever stands here.
    Raises NotAPushService.
    """
    if not (is_push_service(endpoint) and _is_key(p256dh, _POINT_BYTES) and _is_key(auth, _SECRET_BYTES)):
        raise NotAPushService
    columns: dict[str, Any] = {
        "endpoint": endpoint,
        "p256dh": p256dh,
        "auth": auth,
        "device_name": device_name[:80],
        "ended_at": None,
        "ended_reason": "",
    }
    if user is not None:
        columns["user"] = user
    moment = now or timezone.now()
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    with transaction.atomic():
        known = PushSubscription.objects.select_related("user").select_for_update(of=("self",))
        older = known.filter(endpoint_sha256=digest, user__isnull=False, ended_at__isnull=True).first()
        subscription, _created = PushSubscription.objects.update_or_create(
            endpoint_sha256=digest,
            defaults=columns,
            create_defaults=columns | {"created_at": moment},
        )
        if older is not None and older.user is not None and user is not None and older.user != user:
            tell_of_ended_way(older.user, Channel.PUSH, moment=moment)
    return subscription


def end_subscription(subscription: PushSubscription, *, reason: str, now: dt.datetime | None = None) -> bool:
    """End a browser's pushes, once: its owner said so, or its push service did."""
    open_ones = PushSubscription.objects.filter(pk=subscription.pk, ended_at__isnull=True)
    return bool(open_ones.update(ended_at=now or timezone.now(), ended_reason=reason[:80]))


def leave_account(subscription: PushSubscription, *, reason: str, now: dt.datetime | None = None) -> None:
    """Push nothing of the account to a browser any more; topics it chose by itself go on."""
    with transaction.atomic():
        PushSubscription.objects.filter(pk=subscription.pk).update(user=None)
        if not subscription.topic_subscriptions.filter(ended_at__isnull=True).exists():
            end_subscription(subscription, reason=reason, now=now)


def is_push_service(endpoint: str) -> bool:
    """Whether an address is that of a push service in PUSH_SERVICES, over HTTPS (loopback for trials excepted)."""
    if len(endpoint) > _LONGEST_ENDPOINT:
        return False
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_known = any(host == service or host.endswith(f".{service}") for service in settings.PUSH_SERVICES)
    return is_known and parts.username is None and (parts.scheme == "https" or host in _LOOPBACK)


def _is_key(text: str, size: int) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == size
    except (binascii.Error, ValueError):
        return False
