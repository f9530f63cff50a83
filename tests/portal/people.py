"""People and sign-ins for the portal's tests."""

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from cityhall.enums import Role
from cityhall.models import Department, Municipality, StaffRole, User
from portal import sessions

PASSWORD = "midori-no-machi-7"


def make_city() -> Municipality:
    city, _ = Municipality.objects.get_or_create(
        pk=1,
        defaults={
            "code": "131016",
            "name": "緑野市",
            "prefecture": "緑県",
            "postal_code": "1000001",
            "address": "緑野市中央1-1",
            "phone": "03-0000-0000",
            "office_name": "緑野市役所",
            "mayor_title": "緑野市長",
            "mayor_name": "青木 陽一郎",
            "document_symbol": "緑",
            "opening_hours": "8:30～17:15",
        },
    )
    return city


def make_user(email: str, **extra) -> User:
    """Somebody whose address is proven, with allauth's record of it."""
    user = User.objects.create_user(email, PASSWORD, email_verified_at=timezone.now(), **extra)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_staff(email: str, role: Role, **extra) -> User:
    user = make_user(email, is_staff=True, **extra)
    department = None
    if role not in (Role.ADMINISTRATOR, Role.AUDITOR):
        department, _ = Department.objects.get_or_create(code="kosodate", defaults={"name": "子育て支援課"})
    StaffRole.objects.create(user=user, role=role, department=department, active_from=dt.date(2020, 1, 1))
    return user


def make_totp(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def sign_in(client: Client, user: User, *, second_factor: bool = True) -> Client:
    """Signed in without the pages; staff as if they had shown their second factor."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    if second_factor and user.is_staff:
        session = client.session
        sessions.note_second_factor(session, user.username)
        session.save()
    return client
