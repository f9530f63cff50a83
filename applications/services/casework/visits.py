"""The visit or interview of a procedure that is sent ahead: recorded with its day, and taken back."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicationState, EventKind
from applications.models import Application, ApplicationEvent
from applications.permissions import CaseAction
from applications.services.casework.steps import check_step, need_reason, record_step
from applications.services.states import change
from cityhall.days import local_date, wareki
from cityhall.errors import DomainError, StaleState
from cityhall.models import User


class NoVisitAwaited(DomainError):
    """There is no visit to record."""

    code = "no_visit_awaited"
    message = _("この申請には、記録する来庁・面接がありません。")


class VisitOnWrongDay(DomainError):
    """Nobody comes tomorrow, or came before they applied."""

    code = "visit_on_wrong_day"
    message = _("来庁・面接の日は、申請の日から今日までの日付にしてください。")


def hold_visit(
    *, application: Application, by: User, held_on: dt.date | None = None, now: dt.datetime | None = None
) -> Application:
    """Record on which day (today) the visit or interview took place; the state stays, the revision rises. Audited.

    Raises NoVisitAwaited for procedures without one, VisitOnWrongDay, StaleState when it was recorded already.
    """
    check_step(application=application, action=CaseAction.HOLD, by=by)
    if application.visit_held_on is not None:
        raise StaleState
    if not application.awaits_visit:
        raise NoVisitAwaited
    moment = now or timezone.now()
    day = held_on or local_date(moment)
    if not first_day(application) <= day <= local_date(moment):
        raise VisitOnWrongDay
    with transaction.atomic():
        _hold(application, day=day, by=by, now=moment)
    return application


def hold_at_reception(*, application: Application, by: User, held_on: dt.date, now: dt.datetime) -> Application:
    """Record that who applies stood at the desk when a member of staff received the case; the revision rises. Audited.

    The right to receive is what filing asked for: nobody has taken the case yet, so this is no step of `hold_visit`.
    Where no visit is awaited, or it is recorded already, nothing happens. Raises StaleState.
    """
    if application.state != ApplicationState.SUBMITTED or not application.awaits_visit:
        return application
    with transaction.atomic():
        _hold(application, day=held_on, by=by, now=now)
    return application


def unhold_visit(*, application: Application, reason: str, by: User, now: dt.datetime | None = None) -> Application:
    """Take back what was recorded by mistake; the visit is awaited again. Audited.

    For the person who recorded it and for administrators, until the case is completed. Raises ReasonMissing,
    StaleState when nothing is recorded.
    """
    check_step(application=application, action=CaseAction.UNHOLD, by=by)
    if application.visit_held_on is None:
        raise StaleState
    text = need_reason(reason)
    moment = now or timezone.now()
    with transaction.atomic():
        change(application, visit_held_on=None)
        ApplicationEvent.objects.create(application=application, kind=EventKind.UNHELD, at=moment, actor=by, note=text)
        record_step(application=application, action=CaseAction.UNHOLD, by=by, changed=("visit_held_on",))
    return application


def _hold(application: Application, *, day: dt.date, by: User, now: dt.datetime) -> None:
    change(application, visit_held_on=day)
    ApplicationEvent.objects.create(application=application, kind=EventKind.HELD, at=now, actor=by, note=wareki(day))
    record_step(application=application, action=CaseAction.HOLD, by=by, changed=("visit_held_on",))


def first_day(application: Application) -> dt.date:
    """The day the case was sent: no visit is before it."""
    return local_date(application.submitted_at or application.created_at)
