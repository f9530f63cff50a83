"""Learning how long serving takes: per service, place and hour of the day, from what was served."""

import datetime as dt

from django.db import transaction
from django.db.models import Avg, Count, QuerySet, StdDev
from django.db.models.functions import ExtractHour
from django.utils import timezone

from cityhall.days import TOKYO, local_date
from reservations.enums import TicketState
from reservations.models import ServiceTime, TicketPeriod

DAYS = 60
"""So far back: the spring rush is not the autumn's."""
# a press too many, and a clerk who went to lunch, teach nothing
_SHORTEST, _LONGEST = 20, 3 * 60 * 60


def learn(*, now: dt.datetime | None = None) -> int:
    """Renew all learned times, in one transaction; the number of rows. What nobody comes for any more is forgotten."""
    moment = now or timezone.now()
    rows = [
        ServiceTime(
            service_id=service,
            place_id=place,
            hour=hour,
            served=served,
            mean_seconds=round(mean),
            spread_seconds=round(spread or 0),
            learned_at=moment,
        )
        for service, place, hour, served, mean, spread in _served(moment)
    ]
    with transaction.atomic():
        ServiceTime.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["service", "place", "hour"],
            update_fields=["served", "mean_seconds", "spread_seconds", "learned_at"],
        )
        ServiceTime.objects.filter(learned_at__lt=moment).delete()
    return len(rows)


def _served(now: dt.datetime) -> QuerySet[TicketPeriod, tuple[int, int, int, int, float, float | None]]:
    since = local_date(now) - dt.timedelta(days=DAYS)
    served = TicketPeriod.objects.filter(
        state=TicketState.SERVING, seconds__gte=_SHORTEST, seconds__lte=_LONGEST, business_day__gte=since
    )
    by_hour = served.annotate(hour=ExtractHour("from_at", tzinfo=TOKYO)).order_by()
    grouped = by_hour.values("service", "place", "hour").annotate(
        served=Count("pk"), mean=Avg("seconds"), spread=StdDev("seconds")
    )
    return grouped.values_list("service", "place", "hour", "served", "mean", "spread")
