"""Telling the households of a circular's districts that it is there: each person once, in the daytime, in slices."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from cityhall.days import local_date
from cityhall.enums import Lane
from cityhall.queue import wake
from cityhall.services.work import finish, put_back
from notices.models import AccountAlert, Circular, CircularHome, CircularReading, CircularRound
from notices.queries.circulars import is_on_display
from notices.services.alerts.accounts import tell_of_circular
from notices.services.alerts.hours import daytime_from
from residents.models import Resident

SLICE = 200
TASK = "notices.tasks.tell_of_circulars"


class LostRound(Exception):
    """Another worker has taken the round over: what was written here is rolled back."""


def order_round(circular: Circular, *, moment: dt.datetime) -> None:
    """Have the worker tell of a circular, in the transaction in which it begins; at night it waits for the morning."""
    CircularRound.objects.create(circular=circular, lane=Lane.BULK, due_at=daytime_from(moment), created_at=moment)
    wake(TASK)


def tell_slice(order: CircularRound, *, now: dt.datetime | None = None) -> None:
    """Tell the next people of a claimed round, in one transaction; homes that have read it by now are left out.

    A killed worker loses a slice and nobody is told twice: one alert for a person and a circular. What was taken back
    or is over meanwhile is told to nobody, and what is due at night goes on in the morning.
    """
    moment = now or timezone.now()
    due_at = daytime_from(moment)
    circular = Circular.objects.get(pk=order.circular_id)
    with transaction.atomic():
        if not is_on_display(circular, local_date(moment)):
            people, is_last = [], True
        elif due_at > moment:
            if not put_back(order, due_at=due_at):
                raise LostRound
            return
        else:
            people = _next_people(circular, after=order.next_id)
            is_last = len(people) < SLICE
        told = order.told_count + sum(_tell(person, circular, moment) for person in people)
        if is_last:
            is_ours = finish(order, now=moment, told_count=told)
        else:
            is_ours = put_back(order, due_at=moment, next_id=people[-1].pk, told_count=told)
        if not is_ours:
            raise LostRound
    if not is_last:
        wake(TASK)


def _next_people(circular: Circular, *, after: int) -> list[Resident]:
    """Members with an account of the households that have not read it, in the order of their ids."""
    read = CircularReading.objects.filter(circular=circular).values("home")
    homes = CircularHome.objects.filter(
        district__in=circular.districts.filter(is_active=True), household__isnull=False, ended_at__isnull=True
    ).exclude(pk__in=read)
    people = Resident.objects.filter(
        household__in=homes.values("household"),
        user__isnull=False,
        died_on__isnull=True,
        moved_out_on__isnull=True,
        merged_into__isnull=True,
        pk__gt=after,
    )
    return list(people.select_related("user").order_by("pk")[:SLICE])


def _tell(person: Resident, circular: Circular, moment: dt.datetime) -> bool:
    # a round that was put back in the queue begins where it stopped, and never tells twice
    if AccountAlert.objects.filter(circular=circular, user=person.user_id).exists():
        return False
    return tell_of_circular(person, circular, due_at=moment, moment=moment)
