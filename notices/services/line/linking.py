"""Linking a LINE user with an account: our sign-in makes a nonce, LINE brings it back with the user's id.

Source: LINE Developers, "Link user accounts". Nothing is ever bound by a link alone: LINE checks that who follows it
is the one who asked, and the nonce says who was signed in here.
"""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from notices.enums import Channel
from notices.models import LineAccount, LineNonce
from notices.services.alerts.accounts import tell_of_ended_way

NONCE_LIFETIME = dt.timedelta(minutes=10)


def issue_nonce(user: User, *, now: dt.datetime | None = None) -> str:
    """A random text that stands for this person for ten minutes, once; only its hash is kept."""
    nonce = secrets.token_urlsafe(32)
    LineNonce.objects.create(
        nonce_sha256=_digest(nonce), user=user, expires_at=(now or timezone.now()) + NONCE_LIFETIME
    )
    return nonce


def link(*, line_user_id: str, nonce: str, now: dt.datetime | None = None) -> bool:
    """Bind a LINE user to the account of the nonce; False when the nonce is used, over or unknown.

    A person has one LINE account and it has one person: earlier bindings of both end, and another person who was
    told there learns so by their other ways. Audited.
    """
    moment = now or timezone.now()
    open_ones = LineNonce.objects.filter(nonce_sha256=_digest(nonce), used_at__isnull=True, expires_at__gt=moment)
    with transaction.atomic():
        if not open_ones.update(used_at=moment):
            return False
        user = LineNonce.objects.select_related("user").get(nonce_sha256=_digest(nonce)).user
        LineAccount.objects.filter(user=user).exclude(line_user_id=line_user_id).update(user=None, linked_at=None)
        older = LineAccount.objects.select_related("user").filter(line_user_id=line_user_id).first()
        LineAccount.objects.update_or_create(
            line_user_id=line_user_id,
            defaults={"user": user, "linked_at": moment, "blocked_at": None},
            create_defaults={"user": user, "linked_at": moment, "followed_at": moment},
        )
        _record(user, "linked")
        if older is not None and older.user is not None and older.user != user:
            _record(older.user, "unlinked")
            tell_of_ended_way(older.user, Channel.LINE, moment=moment)
    return True


def unlink(user: User) -> bool:
    """End the binding from our side; the friendship stays. Audited."""
    with transaction.atomic():
        ended = LineAccount.objects.filter(user=user).update(user=None, linked_at=None)
        if ended:
            _record(user, "unlinked")
    return bool(ended)


def _digest(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def _record(user: User, detail: str) -> None:
    audit.record(
        action=AuditAction.CHANGE, actor=user, target_type="notices.lineaccount", target_id=user.pk, detail=detail
    )
