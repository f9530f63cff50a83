"""Background work of this app. Each task looks for what is due itself and may run twice at once."""

import datetime as dt

from django.utils import timezone

from cityhall import queue
from reservations.models import Reservation
from reservations.services import (
    alerts,
    bookings,
    draws,
    learning,
    offers,
    pickups,
    practice,
    reminders,
    retention,
    supply,
    sweeping,
)
from reservations.services import queue as tickets
from reservations.services.mails import Occasion, tell

PERIODIC = {
    # booking sweeps the slots it wants by itself; this is for those nobody asks for, and for offers
    "reservations.tasks.sweep": dt.timedelta(seconds=30),
    "reservations.tasks.make_offers": dt.timedelta(seconds=30),
    "reservations.tasks.delete_expired_holds": dt.timedelta(hours=1),
    # looks whether it is time itself: the scheduler knows intervals, not hours
    "reservations.tasks.send_reminders": dt.timedelta(minutes=10),
    "reservations.tasks.rebuild": dt.timedelta(minutes=10),
    "reservations.tasks.open_waves": dt.timedelta(seconds=30),
    "reservations.tasks.alert_near": dt.timedelta(seconds=30),
    "reservations.tasks.run_draws": dt.timedelta(minutes=1),
    "reservations.tasks.end_days": dt.timedelta(hours=1),
    "reservations.tasks.sweep_practice": dt.timedelta(hours=1),
    "reservations.tasks.mark_unclaimed": dt.timedelta(hours=1),
    "reservations.tasks.learn": dt.timedelta(hours=6),
    "reservations.tasks.wipe_persons": dt.timedelta(days=1),
}

# a draw of ten thousand entries is a hundred batches; killed between two, the next run goes on
LONG = {"reservations.tasks.run_draws": dt.timedelta(minutes=15)}

_REMINDERS = 200
_TICKETS = 500


def sweep() -> None:
    """End holds that are over and reopen places that have cooled down."""
    sweeping.sweep()


def make_offers() -> None:
    """End offers nobody answered and waiting for days that are over, and offer freed places to who is next."""
    now = timezone.now()
    offers.expire_offers(now=now)
    offers.expire_waiting(now=now)
    offers.offer_due(now=now)


def delete_expired_holds() -> None:
    """Delete holds that came to nothing; a full batch means there are more."""
    if sweeping.delete_expired(now=timezone.now()) == sweeping.BATCH:
        queue.wake("reservations.tasks.delete_expired_holds")


def send_reminders() -> None:
    """Remind of tomorrow's bookings; a full batch means there are more."""
    if reminders.remind_due(limit=_REMINDERS) == _REMINDERS:
        queue.wake("reservations.tasks.send_reminders")


def mail_link(reservation_id: int) -> None:
    """Mail the link of a reservation again; 0 or a row that is gone does nothing."""
    row = Reservation.objects.select_related("group", "place", "service", "resident").filter(pk=reservation_id).first()
    if row is not None:
        tell(row, Occasion.LINK)


def rebuild() -> None:
    """Make slots from the rules up to the horizon, and tell whose time is there again."""
    supply.rebuild()
    supply.take_back_requests()


def open_waves() -> None:
    """Open the slots whose wave is due; sweeps do it too, for the slots somebody asks for."""
    supply.open_due_waves()


def alert_near() -> None:
    """Mail those whose turn is near."""
    alerts.alert_near()


def run_draws() -> None:
    """Draw what is over."""
    draws.run_due()


def end_days() -> None:
    """End what is left of earlier days, tickets before their reservations; a full batch means there is more."""
    if _TICKETS in (tickets.end_days(limit=_TICKETS), bookings.end_days(limit=_TICKETS)):
        queue.wake("reservations.tasks.end_days")


def sweep_practice() -> None:
    """Delete trials a day after they were made; a full batch means there are more."""
    if practice.sweep_practice() >= practice.BATCH:
        queue.wake("reservations.tasks.sweep_practice")


def mark_unclaimed() -> None:
    """Mark ordered certificates that nobody collected."""
    pickups.mark_unclaimed()


def learn() -> None:
    """Renew what is known of how long serving takes."""
    learning.learn()


def wipe_persons() -> None:
    """Forget who came long ago; a full batch means there are more."""
    if retention.wipe():
        queue.wake("reservations.tasks.wipe_persons")
