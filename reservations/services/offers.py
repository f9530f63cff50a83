"""Whose turn it is when places become free: the waiting list, in order, one offer at a time each."""

import datetime as dt

from reservations.models import ServiceGroup


def offer_next(*, group: ServiceGroup, place_id: int, now: dt.datetime) -> int:
    """Offer freed places of a group at a place to who is next; how many offers were made."""
    return 0
