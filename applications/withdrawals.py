"""What apps above want told of withdrawals: filled in their `AppConfig.ready`, this app does not know who listens."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from applications.models import Application
from cityhall.models import User
from cityhall.registry import Registry

Listener = Callable[[Application, User | None, dt.datetime], None]

listeners: Final[Registry[Listener]] = Registry()
"""Called when an application that was sent is withdrawn, by whomever and on whatever page, in that transaction.

The row is locked by its update: a listener locks rows of its own app only after that of the application.
"""


def tell_withdrawn(application: Application, *, by: User | None, now: dt.datetime) -> None:
    """Everybody who listens, in the order of registration. In the caller's transaction."""
    for listener in listeners:
        listener(application, by, now)
