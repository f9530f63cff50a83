"""Background work of this app. Each task looks for what is due itself and may run twice at once."""

import datetime as dt
import logging

from cityhall.models import User
from cityhall.services.work import run_due
from counter.models import HandOver, MoveInItem
from counter.services import bereavements, prefills, visits
from counter.services.hand_overs import TASK as DROP_HAND_OVERS
from counter.services.hand_overs import write_files
from counter.services.move_ins import carry_out, note_given_up
from counter.services.move_ins.sweeping import forget as forget_imports
from counter.services.move_ins.sweeping import wipe_ended
from counter.services.move_ins.uploading import TASK as APPLY_MOVE_INS
from counter.services.visits import leaving

log = logging.getLogger(__name__)
PERIODIC = {
    DROP_HAND_OVERS: dt.timedelta(seconds=30),
    APPLY_MOVE_INS: dt.timedelta(seconds=30),
    "counter.tasks.expire_prefills": dt.timedelta(minutes=10),
    "counter.tasks.forget_prefills": dt.timedelta(days=1),
    "counter.tasks.forget_move_ins": dt.timedelta(days=1),
    "counter.tasks.end_visits": dt.timedelta(hours=1),
    "counter.tasks.wipe_visits": dt.timedelta(days=1),
    "counter.tasks.follow_bereavements": dt.timedelta(minutes=10),
    "counter.tasks.prepare_bereavements": dt.timedelta(days=1),
    "counter.tasks.wipe_bereavements": dt.timedelta(days=1),
}


def expire_prefills() -> None:
    """Wipe answers whose visit day is over."""
    while prefills.expire() == prefills.sweeping.BATCH:
        pass
    wipe_ended()


def drop_hand_overs() -> int:
    """Write the files of what was received at the counter; the number handled."""
    return run_due(HandOver, write_files, wake=DROP_HAND_OVERS)


def apply_move_ins() -> int:
    """Book and write to the families of the files that staff have applied; the number of rows handled."""
    return run_due(MoveInItem, carry_out, wake=APPLY_MOVE_INS, on_given_up=note_given_up)


def forget_move_ins() -> None:
    """Throw away files nobody decided on, and forget those whose notices are forgotten."""
    forget_imports()


def forget_prefills() -> None:
    """Delete what is left of old prefills."""
    while prefills.forget() == prefills.sweeping.BATCH:
        pass


def end_visits() -> None:
    """Close visits of days that are over; what was never received is wiped."""
    while visits.end_days() == leaving.BATCH:
        pass


def wipe_visits() -> None:
    """Forget who came to visits that are long over."""
    while visits.wipe() == leaving.BATCH:
        pass


def follow_bereavements() -> None:
    """Tell departments of bookings of the corner that were moved or given up."""
    bereavements.follow_bookings()


def prepare_bereavements() -> None:
    """Make the sheets of the corner for the days to come."""
    bereavements.prepare_due()


def prepare_corner(*, user_id: int, after_id: int = 0) -> None:
    """Make the sheets of the corner that a press of the button left; goes on batch by batch."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        log.info("no such person", extra={"task": "prepare_corner"})
        return
    bereavements.prepare_batch(by=user, after_id=after_id)


def wipe_bereavements() -> None:
    """Forget who died and who came, long after the day."""
    while bereavements.wipe() == leaving.BATCH:
        pass
