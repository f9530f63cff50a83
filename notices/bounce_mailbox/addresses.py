"""The address a mail goes back to: one for all, or one for each mail (variable envelope return path)."""

import hashlib
import hmac
import re

from django.conf import settings

_PLACE = "*"
_MAC_LENGTH = 16


def envelope_sender(mail_id: int) -> str:
    """The envelope's sender of a mail over SMTP; "" where the city has no bounce mailbox, or a provider sends."""
    if not settings.BOUNCE_ADDRESS or settings.MAIL_TRANSPORT_BACKEND.startswith("anymail."):
        return ""
    return str(settings.BOUNCE_ADDRESS).replace(_PLACE, f"{mail_id}-{_mac(mail_id)}", 1)


def mail_id_of(address: str) -> int | None:
    """The mail to which an address of ours belongs; None for every other one. Nobody makes one up: it carries a MAC."""
    before, is_variable, after = settings.BOUNCE_ADDRESS.lower().partition(_PLACE)
    if not is_variable:
        return None
    pattern = rf"{re.escape(before)}(\d{{1,18}})-([0-9a-f]{{{_MAC_LENGTH}}}){re.escape(after)}"
    found = re.fullmatch(pattern, address.strip().lower())
    if found is None:
        return None
    mail_id = int(found[1])
    return mail_id if hmac.compare_digest(found[2], _mac(mail_id)) else None


def _mac(mail_id: int) -> str:
    return hmac.digest(settings.LINK_KEY.encode(), f"bounce\x1f{mail_id}".encode(), hashlib.sha256).hex()[:_MAC_LENGTH]
