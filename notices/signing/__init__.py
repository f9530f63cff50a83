"""The city's electronic seal: PAdES, with a time stamp and for the long term where the city's settings say so."""

from notices.signing.errors import (
    SigningKeyMissing,
    SigningKeyUnusable,
    TimestampMissing,
    TokenPinRefused,
    ValidityUnproven,
)
from notices.signing.sealing import FIELD_NAME, sign

__all__ = [
    "FIELD_NAME",
    "SigningKeyMissing",
    "SigningKeyUnusable",
    "TimestampMissing",
    "TokenPinRefused",
    "ValidityUnproven",
    "sign",
]
