"""The one place where an application changes its state, or what its steps rest on."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from applications.enums import CLOSED_STATES, MOVES, ApplicationState, EventKind
from applications.models import Application, ApplicationEvent
from cityhall.days import keep_until, local_date
from cityhall.errors import StaleState
from cityhall.models import User


def move(
    application: Application,
    *,
    to: ApplicationState,
    event: EventKind,
    by: User | None,
    note: str = "",
    now: dt.datetime | None = None,
    **fields: Any,
) -> Application:
    """Move an application and write its event, in one transaction.

    The update is conditional on (state, revision) as the caller last read them: of two people who
    decide at the same moment one wins. Other columns that change with the state are given as `fields`.
    Raises StaleState when somebody was faster, or when the move is not allowed from the state seen.
    """
    seen = ApplicationState(application.state)
    if to not in MOVES[seen]:
        raise StaleState
    moment = now or timezone.now()
    fields = _kept(application, to=to, now=moment) | fields
    with transaction.atomic():
        count = Application.objects.filter(pk=application.pk, state=seen, revision=application.revision).update(
            state=to, revision=F("revision") + 1, **fields
        )
        if count != 1:
            raise StaleState
        ApplicationEvent.objects.create(application=application, kind=event, at=moment, actor=by, note=note)
    application.state = to
    application.revision += 1
    for name, value in fields.items():
        setattr(application, name, value)
    return application


def _kept(application: Application, *, to: ApplicationState, now: dt.datetime) -> dict[str, Any]:
    """How long a case is kept from the moment it is closed; an open one has no end. A draft is not kept at all."""
    if to in CLOSED_STATES and application.number:
        return {"keep_until": keep_until(local_date(now), application.procedure.retention_years)}
    return {"keep_until": None} if application.keep_until else {}


def change(application: Application, **fields: Any) -> Application:
    """Set columns of a case that keeps its state; the revision rises, so that an older page decides nothing.

    Conditional on (state, revision) like a move, in the caller's transaction. Raises StaleState.
    """
    seen = Application.objects.filter(pk=application.pk, state=application.state, revision=application.revision)
    if seen.update(revision=F("revision") + 1, **fields) != 1:
        raise StaleState
    application.revision += 1
    for name, value in fields.items():
        setattr(application, name, value)
    return application
