"""Telling a person of what is no notice: a circular goes round, or a way to them has ended."""

import datetime as dt

from django.utils.translation import override

from cityhall.enums import Lane
from cityhall.models import User
from cityhall.queries.city import municipality
from notices.enums import AccountAlertKind, Channel
from notices.links import CIRCULARS_PATH, MY_CHANNELS_PATH
from notices.models import AccountAlert, Circular
from notices.services.alerts.reach import Reach, choice_of, reach_of_person
from notices.services.alerts.words import AlertText, circular_text, ended_text
from notices.services.alerts.writing import write_alert
from notices.services.mail import queue_mail
from residents.models import Resident
from residents.queries import resident_of

CIRCULAR_CATEGORY = "events"
"""The drawer of the inbox whose choice counts for circulars."""
# a text message costs the city money: circulars go there only for who asked for it
_WITHOUT_CHOICE = (Channel.EMAIL, Channel.PUSH, Channel.LINE)


def tell_of_circular(person: Resident, circular: Circular, *, due_at: dt.datetime, moment: dt.datetime) -> bool:
    """Queue the alert that a new circular is there, as the person chose for its drawer; whether any way leads there.

    Who chose none is told by none. Once for a circular: telling again raises IntegrityError.
    """
    chosen = choice_of(person, CIRCULAR_CATEGORY)
    reach = reach_of_person(person).only(_WITHOUT_CHOICE if chosen is None else chosen)
    if person.user is None or not reach.channels:
        return False
    with override(person.language):
        text = circular_text(city=municipality().name)
    alert = AccountAlert(user=person.user, kind=AccountAlertKind.CIRCULAR, circular=circular, created_at=moment)
    _write(alert, reach, text, path=CIRCULARS_PATH, lane=Lane.BULK, due_at=due_at)
    return True


def tell_of_ended_way(user: User, channel: Channel, *, moment: dt.datetime) -> bool:
    """Tell a person by the ways they still have that one ended, because it is somebody else's now; whether any is left.

    In the transaction in which it ended.
    """
    person = resident_of(user)
    if person is None:
        return False
    reach = reach_of_person(person)
    if channel != Channel.PUSH:
        # of several browsers the others still are theirs
        reach = reach.only(set(Channel) - {channel})
    if not reach.channels:
        return False
    with override(person.language):
        text = ended_text(city=municipality().name, way=str(channel.label))
    alert = AccountAlert(user=user, kind=AccountAlertKind.WAY_ENDED, channel=channel, created_at=moment)
    _write(alert, reach, text, path=MY_CHANNELS_PATH, lane=Lane.SINGLE, due_at=moment)
    return True


def _write(alert: AccountAlert, reach: Reach, text: AlertText, *, path: str, lane: Lane, due_at: dt.datetime) -> None:
    if reach.email:
        alert.mail = queue_mail(to=reach.email, subject=text.subject, body=text.mail, lane=lane, now=due_at)
    alert.save(force_insert=True)
    for channel in (Channel.PUSH, Channel.LINE, Channel.SMS):
        if channel in reach.channels:
            write_alert(
                channel, reach, text, reason=alert, path=path, lane=lane, due_at=due_at, moment=alert.created_at
            )
