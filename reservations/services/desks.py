"""Who sits where: signing on and off, breaks, and the panic button."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.days import TOKYO, local_date
from cityhall.db import violated
from cityhall.models import User
from reservations.errors import DeskBusy, DeskTaken, NotAtDesk
from reservations.models import Desk, DeskAlarm, DeskSession
from reservations.queries.queue import at_desk


def sign_on(*, desk: Desk, by: User, replaces: bool = False, now: dt.datetime | None = None) -> DeskSession:
    """Sit down at a desk; one clerk one desk: an earlier desk of the same person is left first.

    `replaces` ends the session of who forgot to sign off; whom they have at the desk stays theirs until taken over.
    Twice is once. Raises DeskTaken (says who sits there), DeskBusy while somebody is at the earlier desk.
    """
    moment = now or timezone.now()
    end_sessions_before(local_date(moment), now=moment)
    own = DeskSession.objects.select_related("desk").filter(user=by, ended_at=None).first()
    if own is not None and own.desk_id == desk.pk:
        return own
    try:
        with transaction.atomic():
            if own is not None:
                sign_off(session=own, now=moment)
            if replaces:
                _end(DeskSession.objects.filter(desk=desk, ended_at=None), moment)
            return DeskSession.objects.create(desk=desk, user=by, started_at=moment)
    except IntegrityError as error:
        if violated(error) not in ("desk_has_one_clerk", "clerk_sits_at_one_desk"):
            raise
        return _seat_or_refusal(desk, by)


def end_sessions_before(day: dt.date, *, now: dt.datetime) -> None:
    """End the sessions of who forgot to sign off on an earlier day."""
    begin = dt.datetime.combine(day, dt.time(), TOKYO)
    _end(DeskSession.objects.filter(ended_at=None, started_at__lt=begin), now)


def sign_off(*, session: DeskSession, now: dt.datetime | None = None) -> None:
    """Leave the desk. Twice is once. Raises DeskBusy while somebody is called or served there."""
    _need_empty(session.desk)
    _end(DeskSession.objects.filter(pk=session.pk, ended_at=None), now or timezone.now())


def start_break(*, session: DeskSession, now: dt.datetime | None = None) -> None:
    """Nobody is called to the desk until the break ends. Twice is once. Raises DeskBusy, NotAtDesk."""
    _need_empty(session.desk)
    rows = DeskSession.objects.filter(pk=session.pk, ended_at=None)
    if not rows.filter(break_since=None).update(break_since=now or timezone.now()) and not rows.exists():
        raise NotAtDesk


def end_break(*, session: DeskSession) -> None:
    """Back from the break. Twice is once. Raises NotAtDesk."""
    if not DeskSession.objects.filter(pk=session.pk, ended_at=None).update(break_since=None):
        raise NotAtDesk


def raise_alarm(*, desk: Desk, by: User, now: dt.datetime | None = None) -> DeskAlarm:
    """Ask the other desks of the place for help at once. Pressed again while it is open: the same alarm."""
    try:
        with transaction.atomic():
            return DeskAlarm.objects.create(desk=desk, raised_by=by, raised_at=now or timezone.now())
    except IntegrityError as error:
        if violated(error) != "desk_alarm_once":
            raise
        return DeskAlarm.objects.get(desk=desk, closed_at=None)


def answer_alarm(*, alarm: DeskAlarm, by: User, now: dt.datetime | None = None) -> None:
    """「向かいます」. The first answer stays; the others see who comes."""
    DeskAlarm.objects.filter(pk=alarm.pk, answered_by=None, closed_at=None).update(
        answered_by=by, answered_at=now or timezone.now()
    )


def close_alarm(*, alarm: DeskAlarm, now: dt.datetime | None = None) -> None:
    """It is over. Twice is once."""
    DeskAlarm.objects.filter(pk=alarm.pk, closed_at=None).update(closed_at=now or timezone.now())


def _end(sessions: QuerySet[DeskSession], now: dt.datetime) -> None:
    sessions.update(ended_at=now, break_since=None)


def _need_empty(desk: Desk) -> None:
    if at_desk(desk) is not None:
        raise DeskBusy


def _seat_or_refusal(desk: Desk, by: User) -> DeskSession:
    """The session a second tap of the same person made; otherwise who was faster."""
    taken = DeskSession.objects.select_related("user").filter(desk=desk, ended_at=None).first()
    if taken is not None and taken.user_id == by.pk:
        return taken
    if taken is None:
        raise DeskTaken
    raise DeskTaken(_("窓口 %(desk)s は、%(name)s さんが使っています。") % {"desk": desk.number, "name": taken.user})
