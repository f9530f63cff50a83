"""Addresses that leave the system, on paper and in mails: they must work for years, so they are written here."""

from django.conf import settings

VERIFY_PATH = "/verify/"
MY_NOTICES_PATH = "/my/notices/"
MY_CHANNELS_PATH = "/my/channels/"
CIRCULARS_PATH = "/circulars/"


def verify_prefix() -> str:
    """What stands before a number in the QR code and the link of every letter."""
    return f"{settings.SITE_URL}{VERIFY_PATH}"


def verify_url(number: str) -> str:
    """The public check page of one notice."""
    return f"{verify_prefix()}{number}/"


def alert_url(path: str) -> str:
    """Where an alert sends people: the same page for everybody, behind the sign-in."""
    return f"{settings.SITE_URL}{path}"
