"""When people may be told of what can wait until the morning."""

import datetime as dt

from cityhall.days import TOKYO, local_date

# nobody's phone rings for us at night: what falls due then goes out in the morning
FIRST_HOUR, LAST_HOUR = 8, 21


def is_quiet(moment: dt.datetime) -> bool:
    """Whether it is night in the city."""
    return not FIRST_HOUR <= moment.astimezone(TOKYO).hour < LAST_HOUR


def daytime_from(moment: dt.datetime) -> dt.datetime:
    """The moment itself, or the next morning when it is night."""
    if not is_quiet(moment):
        return moment
    day = local_date(moment)
    if moment.astimezone(TOKYO).hour >= LAST_HOUR:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(FIRST_HOUR), TOKYO)
