"""The configuration of one counter PC: a small TOML file, read once at the start."""

import base64
import binascii
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

DEFAULT_PORT: Final = 47365
_KNOWN: Final = frozenset({"portal", "portal_key", "port", "reader"})


class BadConfig(ValueError):
    """Something in the file is missing or wrong; the text says what."""


@dataclass(frozen=True)
class Config:
    """`origin`: the portal's pages; `key`: its public key (32 bytes); `reader`: a part of the reader's name, or ""."""

    origin: str
    key: bytes
    port: int = DEFAULT_PORT
    reader: str = ""


def load(path: Path) -> Config:
    """Raises BadConfig in words for who sets the PC up."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadConfig(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise BadConfig(f"{path}: {error}") from None
    return from_mapping(content)


def from_mapping(content: dict[str, Any]) -> Config:
    """Raises BadConfig."""
    if unknown := content.keys() - _KNOWN:
        raise BadConfig(f"unknown: {', '.join(sorted(unknown))}")
    port = content.get("port", DEFAULT_PORT)
    if type(port) is not int or not 1024 <= port <= 65535:
        raise BadConfig("port: a number from 1024 to 65535")
    reader = content.get("reader", "")
    if not isinstance(reader, str):
        raise BadConfig("reader: a part of the reader's name in quotes")
    return Config(_origin(content.get("portal")), _key(content.get("portal_key")), port, reader)


def _origin(text: object) -> str:
    """https://host[:port], as browsers write it; http only for this computer."""
    parts = urlsplit(text) if isinstance(text, str) else urlsplit("")
    is_local = parts.hostname in ("localhost", "127.0.0.1")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_local)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    if not is_safe or "@" in parts.netloc or origin != str(text).rstrip("/").lower():
        raise BadConfig("portal: the address of the portal, like https://portal.city.example.jp")
    return origin


def _key(text: object) -> bytes:
    try:
        key = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise BadConfig("portal_key: what `manage.py card_bridge_key` of the portal prints")
    return key
