"""Pairing machines of the city hall by a short code, and recognising them afterwards."""

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.enums import AuditAction, DeviceKind
from cityhall.errors import DomainError
from cityhall.models import Department, Device, User
from cityhall.services import audit

CODE_DIGITS = 8
CODE_LIFETIME = dt.timedelta(minutes=10)
MAX_TRIES = 5
_SEEN_EVERY = dt.timedelta(minutes=1)


class PairingRefused(DomainError):
    """Wrong, used or expired; which of them is not told."""

    code = "pairing_refused"
    message = _(
        "接続コードが正しくないか、期限が切れています。コードを出した人に、新しいコードの発行を依頼してください。"
    )


def create(*, kind: DeviceKind, name: str, department: Department | None, by: User | None) -> Device:
    """A device that is not paired yet; audited."""
    with transaction.atomic():
        device = Device.objects.create(kind=kind, name=name, department=department)
        _record(device, AuditAction.CREATE, by, "")
    return device


def new_pairing_code(device: Device, *, by: User | None, now: dt.datetime | None = None) -> str:
    """A code of eight digits for ten minutes; shown once, stored as a keyed hash. An earlier code ends; audited."""
    code = "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))
    with transaction.atomic():
        Device.objects.filter(pk=device.pk).update(
            pairing_code_hash=_hash(code),
            pairing_expires_at=(now or timezone.now()) + CODE_LIFETIME,
            pairing_tries=0,
        )
        _record(device, AuditAction.CHANGE, by, "pairing code")
    return code


def pair(code: str, *, public_id: str, now: dt.datetime | None = None) -> str:
    """Exchange the code for the device's token, kept by the device; the code is used up.

    Five tries for a code, counted before it is compared. A device paired before gets a new token and
    the old one ends. Raises PairingRefused.
    """
    moment = now or timezone.now()
    waiting = Device.objects.filter(public_id=public_id, pairing_expires_at__gt=moment, revoked_at__isnull=True)
    # its own statement, committed whatever comes next: a wrong code must cost a try
    if not waiting.filter(pairing_tries__lt=MAX_TRIES).update(pairing_tries=F("pairing_tries") + 1):
        raise PairingRefused
    token = secrets.token_urlsafe(32)
    paired = waiting.filter(pairing_code_hash=_hash(code)).update(
        token_hash=_hash(token),
        paired_at=moment,
        pairing_code_hash=None,
        pairing_expires_at=None,
        last_seen_at=moment,
    )
    if not paired:
        raise PairingRefused
    _record(Device.objects.get(public_id=public_id), AuditAction.LOGIN, None, "paired")
    return token


def issue_token(device: Device, *, by: User | None, now: dt.datetime | None = None) -> str:
    """A token for a program that nobody types codes into; shown once, an earlier one ends. Audited.

    Raises PairingRefused for a device that was revoked, or is no program.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        programs = Device.objects.filter(pk=device.pk, kind=DeviceKind.SYSTEM, revoked_at__isnull=True)
        if not programs.update(token_hash=_hash(token), paired_at=now or timezone.now()):
            raise PairingRefused
        _record(device, AuditAction.CHANGE, by, "token")
    return token


def authenticate(token: str, *, now: dt.datetime | None = None) -> Device | None:
    """The device of a token, or None. Notes the time at most once a minute."""
    device = Device.objects.filter(token_hash=_hash(token), revoked_at__isnull=True).first()
    if device is None:
        return None
    moment = now or timezone.now()
    if device.last_seen_at is None or moment - device.last_seen_at >= _SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=moment)
        device.last_seen_at = moment
    return device


def revoke(device: Device, *, by: User | None, now: dt.datetime | None = None) -> None:
    """End a device's token and code for good; audited."""
    with transaction.atomic():
        Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(
            revoked_at=now or timezone.now(), pairing_code_hash=None, pairing_expires_at=None
        )
        _record(device, AuditAction.CHANGE, by, "revoked")


def _hash(secret: str) -> str:
    """Keyed, because eight digits alone could be tried out against the database."""
    return hmac.digest(settings.LINK_KEY.encode(), b"device\x1f" + secret.encode(), hashlib.sha256).hex()


def _record(device: Device, action: AuditAction, by: User | None, detail: str) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="cityhall.device",
        target_id=device.pk,
        target_label=device.name,
        detail=detail,
    )
