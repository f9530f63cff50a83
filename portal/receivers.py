"""Signals of Django and allauth: the only place in the house that listens to any.

Failed sign-ins are recorded under a keyed hash of the address: the same address can be recognised in the
trail, but not read from it.
"""

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.links import link_secret
from cityhall.models import User
from cityhall.services import audit
from portal import sessions

_STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def connect() -> None:
    """Called once by the app's `ready`."""
    user_logged_in.connect(on_logged_in, dispatch_uid="portal.logged_in")
    user_logged_out.connect(on_logged_out, dispatch_uid="portal.logged_out")
    user_login_failed.connect(on_login_failed, dispatch_uid="portal.login_failed")
    account_signals.email_confirmed.connect(on_email_confirmed, dispatch_uid="portal.email_confirmed")
    account_signals.email_changed.connect(on_email_changed, dispatch_uid="portal.email_changed")
    account_signals.email_removed.connect(on_email_changed, dispatch_uid="portal.email_removed")
    account_signals.authentication_step_completed.connect(on_authentication_step, dispatch_uid="portal.step")
    mfa_signals.authenticator_added.connect(on_authenticator_added, dispatch_uid="portal.factor_added")
    mfa_signals.authenticator_removed.connect(on_authenticator_removed, dispatch_uid="portal.factor_removed")


def on_logged_in(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Start the idle rules, let the browser remember whose session it is, and record the sign-in."""
    sessions.start(request.session, is_staff=user.is_staff)
    request.signed_in_username = user.username  # type: ignore[attr-defined]
    audit.record(action=AuditAction.LOGIN, actor=user, target_type="cityhall.User", target_id=user.username)


def on_logged_out(*, request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    """Forget whose session it was and record the end."""
    request.signed_out = True  # type: ignore[attr-defined]
    if user is not None:
        audit.record(action=AuditAction.LOGOUT, actor=user, target_type="cityhall.User", target_id=user.username)


def on_login_failed(*, credentials: dict[str, Any], **_kwargs: Any) -> None:
    """Record the attempt without the address in clear."""
    audit.record(
        action=AuditAction.LOGIN_FAILED,
        actor=None,
        target_type="sign-in",
        target_id=address_mark(str(credentials.get("email") or credentials.get("username") or "")),
    )


def address_mark(address: str) -> str:
    """What stands for an e-mail address in the trail; the same address always gives the same mark."""
    return link_secret("audit-address", address.strip().lower(), 1)[:20]


def on_email_confirmed(*, email_address: EmailAddress, **_kwargs: Any) -> None:
    """A code was typed in: the address is proven."""
    sync_verified_address(email_address.user)


def on_email_changed(*, user: User, **_kwargs: Any) -> None:
    """Another address is the person's now."""
    sync_verified_address(user, renew=True)


def sync_verified_address(user: User, *, renew: bool = False) -> None:
    """Keep `User.email_verified_at` in step with allauth's record of the same address.

    `renew` sets the time anew: the address is another one than before.
    """
    user.refresh_from_db(fields=["email", "email_verified_at"])
    address = EmailAddress.objects.filter(user=user, primary=True, verified=True).first()
    if address is None or address.email.lower() != (user.email or "").lower():
        proven_at = None
    elif renew or user.email_verified_at is None:
        proven_at = timezone.now()
    else:
        return
    user.email_verified_at = proven_at
    user.save(update_fields=["email_verified_at"])


def forget_addresses(user: User) -> None:
    """What allauth knows of the addresses of somebody who was given another one by an administrator.

    They are then as newly registered: `User.email` is proven by a code at the next sign-in. Locks nothing;
    the caller's transaction changes `User.email`.
    """
    EmailAddress.objects.filter(user=user).delete()
    user.email_verified_at = None
    user.save(update_fields=["email_verified_at"])


def on_authentication_step(*, request: HttpRequest, user: User, method: str, **_kwargs: Any) -> None:
    """A code or a passkey was accepted."""
    if method == "mfa":
        sessions.note_second_factor(request.session, user.username)


def on_authenticator_added(*, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Setting one up proves it; recovery codes alone prove nothing."""
    if authenticator.type in _STRONG:
        sessions.note_second_factor(request.session, user.username)
        _record_factor(user, authenticator, AuditAction.CREATE)


def on_authenticator_removed(*, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Without any left, this session has none either."""
    if not Authenticator.objects.filter(user=user, type__in=_STRONG).exists():
        sessions.forget_second_factor(request.session)
    _record_factor(user, authenticator, AuditAction.DELETE)


def _record_factor(user: User, authenticator: Authenticator, action: AuditAction) -> None:
    audit.record(
        action=action,
        actor=user,
        target_type="mfa.Authenticator",
        target_id=str(authenticator.pk or ""),
        target_label=authenticator.get_type_display(),
    )
