"""When the public may book a slot, and how many of its places. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cityhall.days import TOKYO
from reservations.enums import Release
from reservations.models import ReleaseWave, ServiceGroup

MARGIN_DAYS = 7
"""Slots exist so many days before they open: nobody waits for the job at the moment itself."""

_DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Opening:
    """From when (None: not by itself), how many, and when there will be more."""

    opens_at: dt.datetime | None
    released: int
    next_wave_at: dt.datetime | None = None


def opening_of(
    group: ServiceGroup, waves: Sequence[ReleaseWave], *, day: dt.date, public_capacity: int, now: dt.datetime
) -> Opening:
    """How a slot of a day opens by the group's way of release; `waves` in the order in which they open.

    A draw opens nothing by itself: whoever draws says when the rest may be booked.
    """
    if group.release == Release.ROLLING:
        return Opening(_midnight(day - dt.timedelta(days=group.horizon_days)), public_capacity)
    if group.release == Release.FIXED:
        return Opening(_fixed_moment(group, day), public_capacity)
    if group.release == Release.WAVES:
        return _in_waves(waves, day=day, public_capacity=public_capacity, now=now)
    return Opening(None, public_capacity)


def last_day(group: ServiceGroup, waves: Sequence[ReleaseWave], today: dt.date) -> dt.date:
    """Until when slots are made: what the public may book by then, and some days more."""
    ahead = {
        Release.FIXED: group.fixed_days_ahead + _DAYS_OF_WEEK,
        Release.WAVES: max((wave.days_before for wave in waves), default=group.horizon_days),
    }.get(Release(group.release), group.horizon_days)
    return today + dt.timedelta(days=ahead + MARGIN_DAYS)


def _fixed_moment(group: ServiceGroup, day: dt.date) -> dt.datetime | None:
    """The weekday and time at which the seven days open that begin `fixed_days_ahead` later."""
    if group.fixed_weekday is None or group.fixed_time is None:
        return None
    latest = day - dt.timedelta(days=group.fixed_days_ahead)
    opening_day = latest - dt.timedelta(days=(latest.weekday() - group.fixed_weekday) % _DAYS_OF_WEEK)
    return dt.datetime.combine(opening_day, group.fixed_time, TOKYO)


def _in_waves(waves: Sequence[ReleaseWave], *, day: dt.date, public_capacity: int, now: dt.datetime) -> Opening:
    """The share of the last wave that is over, never more than it; and the next wave."""
    moments = [(dt.datetime.combine(day - dt.timedelta(days=wave.days_before), wave.at, TOKYO), wave) for wave in waves]
    if not moments:
        return Opening(None, 0)
    percent = max((wave.percent for moment, wave in moments if moment <= now), default=0)
    coming = [moment for moment, wave in moments if moment > now and wave.percent > percent]
    return Opening(min(moment for moment, _ in moments), public_capacity * percent // 100, min(coming, default=None))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, TOKYO)
