"""That a case which went out to core systems is called back when it is withdrawn, wherever that is done."""

import datetime as dt

from applications.models import Application
from applications.withdrawals import listeners
from cityhall.models import User
from counter.services import hand_overs


def register_withdrawals() -> None:
    """Called once, from `AppConfig.ready`."""
    listeners.register("counter.hand_overs", _call_back)


def _call_back(application: Application, by: User | None, now: dt.datetime) -> None:
    hand_overs.call_back(application, by=by, now=now)
