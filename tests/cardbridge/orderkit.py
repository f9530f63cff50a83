"""Orders as the portal signs them, made here from the written format and not with the portal's code."""

import base64
import json
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "https://portal.city.example.jp"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def packed(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def order(key=KEY, context=b"frontyard card bridge order 1\0", **changes):
    content = {"v": 1, "aud": "cardbridge", "origin": ORIGIN, "nonce": "n" * 22, "exp": int(time.time()) + 60}
    raw = json.dumps(content | changes).encode()
    return f"{packed(raw)}.{packed(key.sign(context + raw))}"
