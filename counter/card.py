"""The card reader of a counter PC: orders to it that the portal signs, and what comes back (docs/cardbridge.md).

The program on the PC is no part of the portal: what passes between the two is a protocol, written there and tested from
both sides. Pure: no query.
"""

import base64
import binascii
import datetime as dt
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from cityhall.days import today
from cityhall.models import User
from cityhall.text import BadText, clean_text, has_my_number
from counter.errors import CardRefused, CardUnreadable
from counter.models import Visit
from residents.enums import Sex

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

AUDIENCE: Final = "cardbridge"
_CONTEXT: Final = b"frontyard card bridge order 1\0"
_LIFETIME: Final = dt.timedelta(minutes=1)
# the resident looks for the card, the PIN, and the glasses
_PATIENCE: Final = dt.timedelta(minutes=10)
_MOST_CHARACTERS: Final = 2000
_SEXES: Final = ("", Sex.MALE, Sex.FEMALE)
_FIRST: Final = dt.date(1850, 1, 1)
# characters that no font has (外字) are kept: they are no control characters
_CONTROL: Final = re.compile("[\x00-\x1f\x7f]")
_LONGEST: Final = {"name": 240, "address": 400, "birth_date": 10, "sex": 10}


@dataclass(frozen=True)
class CardAttributes:
    """The four basic attributes as a card has them; `birth_date` and `sex` are "" where it does not say."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str = field(repr=False)

    @property
    def born_on(self) -> dt.date | None:
        return dt.date.fromisoformat(self.birth_date) if self.birth_date else None

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def attributes_from(sent: Mapping[str, Any]) -> CardAttributes:
    """What a desk page sent of a card. Raises CardUnreadable for what no card holds, a My Number above all."""
    texts = {name: str(sent.get(name, "")).strip(" \u3000") for name in _LONGEST}
    found = CardAttributes(**texts)
    try:
        is_past = found.born_on is None or _FIRST <= found.born_on <= today()
        is_fit = all(len(clean_text(text)) <= _LONGEST[name] for name, text in texts.items())
    except (BadText, ValueError):
        raise CardUnreadable from None
    is_odd = any(_CONTROL.search(text) or has_my_number(text) for text in texts.values())
    if not (found.name and found.sex in _SEXES and is_past and is_fit) or is_odd:
        raise CardUnreadable
    return found


def attributes_of(visit: Visit) -> CardAttributes | None:
    """What a card said in this visit, None when none was read."""
    return CardAttributes(**{name: visit.card.get(name, "") for name in _LONGEST}) if visit.card else None


# --- orders -------------------------------------------------------------------------------------


def make_order(visit: Visit, by: User, now: dt.datetime) -> str:
    """Leave to read one card: for this visit, this member of staff, this portal, for a minute, once."""
    payload = {
        "v": 1,
        "aud": AUDIENCE,
        "origin": portal_origin(),
        "nonce": secrets.token_urlsafe(16),
        "exp": int((now + _LIFETIME).timestamp()),
        "visit": visit.public_id,
        "clerk": by.pk,
    }
    raw = json.dumps(payload, separators=(",", ":")).encode()
    return f"{_packed(raw)}.{_packed(_key().sign(_CONTEXT + raw))}"


def nonce_of(order: str, visit: Visit, by: User, now: dt.datetime) -> str:
    """The nonce of an order that was made for this visit and this member of staff. Raises CardRefused."""
    from cryptography.exceptions import InvalidSignature

    payload, _dot, signature = order[:_MOST_CHARACTERS].partition(".")
    try:
        raw = _unpacked(payload)
        _key().public_key().verify(_unpacked(signature), _CONTEXT + raw)
    except (InvalidSignature, binascii.Error, ValueError):
        raise CardRefused from None
    content = json.loads(raw)
    if (content["visit"], content["clerk"]) != (visit.public_id, by.pk):
        raise CardRefused
    if now.timestamp() > content["exp"] + _PATIENCE.total_seconds():
        raise CardRefused
    return str(content["nonce"])


def public_key() -> str:
    """By what a program on a counter PC knows the portal's orders."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return base64.b64encode(_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def portal_origin() -> str:
    """The origin of the portal's pages, as browsers write it."""
    address = urlsplit(settings.SITE_URL)
    return f"{address.scheme}://{address.netloc}".lower()


def _key() -> "Ed25519PrivateKey":
    """Derived: one secret less to keep, and another key at every other purpose."""
    # imported here: 30 ms that most processes never need
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"frontyard card bridge 1")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.LINK_KEY.encode()))


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
