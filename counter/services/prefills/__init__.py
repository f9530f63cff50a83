"""Prefills: kept at home, changed or deleted until they are redeemed, read once at a desk."""

from counter.services.prefills.keeping import MAX_PROCEDURES, Kept, delete, keep, open_kept
from counter.services.prefills.redeeming import Found, find_scanned, find_spoken, redeem
from counter.services.prefills.sweeping import expire, forget
from counter.services.prefills.visiting import attach, detach, follow

__all__ = [
    "MAX_PROCEDURES",
    "Found",
    "Kept",
    "attach",
    "delete",
    "detach",
    "expire",
    "find_scanned",
    "find_spoken",
    "follow",
    "forget",
    "keep",
    "open_kept",
    "redeem",
]
