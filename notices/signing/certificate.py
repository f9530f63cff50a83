"""Until when the city's certificate is valid: told long before documents stop being made."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.utils import timezone

from cityhall.errors import DomainError
from notices.signing.keys import changed_at, load_certificates, load_file

WARNING_DAYS = 90


def valid_until() -> dt.datetime | None:
    """When the certificate ends; None when there is none that can be read."""
    try:
        certificate = _certificate()
    except DomainError:
        return None
    end: dt.datetime = certificate.not_valid_after_utc
    return end


def days_left(now: dt.datetime | None = None) -> int | None:
    """Full days until the certificate ends, below zero afterwards; None without a certificate."""
    end = valid_until()
    return None if end is None else (end - (now or timezone.now())).days


def ends_soon(now: dt.datetime | None = None) -> bool:
    """Whether somebody must see to a new certificate."""
    days = days_left(now)
    return days is not None and days < WARNING_DAYS


def _certificate() -> Any:
    if settings.SIGNING_PKCS11_MODULE:
        path = Path(settings.SIGNING_CERTIFICATE_PATH)
        return load_certificates(path, changed_at(path))[0]
    path = Path(settings.SIGNING_KEY_PATH)
    return load_file(path, changed_at(path), settings.SIGNING_KEY_PASSWORD)[1]


@register(Tags.security, deploy=True)
def check_certificate(*, app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """The certificate must outlive the next months."""
    days = days_left()
    if days is None or days >= WARNING_DAYS:
        return []
    hint = "Order a new certificate from the authority and put it at SIGNING_KEY_PATH."
    if days < 0:
        return [Error("The city's signing certificate has expired.", hint=hint, id="notices.E001")]
    return [Caution(f"The city's signing certificate ends in {days} days.", hint=hint, id="notices.W001")]


@register(Tags.security)
def check_long_term(*, app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """A signature for the long term rests on a time stamp."""
    if settings.SIGNING_LTV not in ("", "lt", "lta"):
        return [Error("SIGNING_LTV must be empty, lt or lta.", id="notices.E002")]
    if settings.SIGNING_LTV and not (settings.SIGNING_TSA_URL and settings.SIGNING_TSA_CA_PATH):
        hint = "Set SIGNING_TSA_URL and SIGNING_TSA_CA_PATH."
        return [Error("SIGNING_LTV needs a time stamp authority and its certificate.", hint=hint, id="notices.E003")]
    return []
