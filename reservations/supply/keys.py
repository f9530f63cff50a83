"""How addresses name a slot: by its start, which is unique for a group at a place. No id leaves the server."""

import datetime as dt

from cityhall.days import TOKYO

_FORMAT = "%Y-%m-%dT%H%M"


def slot_key(start: dt.datetime) -> str:
    """2026-11-30T0900."""
    return f"{start.astimezone(TOKYO):{_FORMAT}}"


def start_of(key: str) -> dt.datetime:
    """The moment a key names. Raises ValueError."""
    return dt.datetime.strptime(key, _FORMAT).replace(tzinfo=TOKYO)
