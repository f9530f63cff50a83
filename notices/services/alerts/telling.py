"""Writing the alerts of a notice, one row for each way, in the transaction of what they tell of."""

import datetime as dt
from typing import Any

from django.utils.translation import override

from cityhall.enums import Lane
from cityhall.queries.city import municipality
from cityhall.queue import wake
from notices.enums import AlertPurpose, Channel
from notices.links import MY_NOTICES_PATH
from notices.models import Delivery, Notice, OutgoingLine, OutgoingPush, OutgoingSms
from notices.services.alerts.reach import Reach, reach_of
from notices.services.alerts.words import AlertText, alert_text
from notices.services.mail import queue_mail
from residents.queries import living_row_of

_TASKS = {
    Channel.PUSH: "notices.tasks.send_pushes",
    Channel.LINE: "notices.tasks.send_lines",
    Channel.SMS: "notices.tasks.send_texts",
}


def tell_of_arrival(notice: Notice, *, moment: dt.datetime) -> list[Delivery]:
    """Queue the alerts of a new notice in the current transaction, one delivery a channel; [] when no way leads there.

    Deliveries are unique for channel, purpose and number: telling twice raises IntegrityError.
    """
    return _tell(notice, AlertPurpose.ARRIVAL, number=1, moment=moment)


def remind(
    notice: Notice, *, purpose: AlertPurpose = AlertPurpose.REMINDER, moment: dt.datetime, number: int = 1
) -> list[Delivery]:
    """Queue a reminder as `tell_of_arrival` does; those to file may be sent again with the next `number`."""
    return _tell(notice, purpose, number=number, moment=moment)


def tell_of_withdrawal(notice: Notice, *, moment: dt.datetime) -> list[Delivery]:
    """Queue the alert that a notice was taken back."""
    return _tell(notice, AlertPurpose.WITHDRAWAL, number=1, moment=moment)


def _tell(notice: Notice, purpose: AlertPurpose, *, number: int, moment: dt.datetime) -> list[Delivery]:
    reach = reach_of(notice)
    if not reach.channels:
        return []
    with override(living_row_of(notice.recipient).language):
        text = alert_text(purpose, city=municipality().name, department=notice.department.name)
    # a campaign never holds up the alert of a single notice
    lane = Lane.SINGLE if notice.campaign_id is None else Lane.BULK
    made = []
    for channel in Channel:
        if channel in reach.channels:
            delivery = Delivery(notice=notice, channel=channel, purpose=purpose, number=number, created_at=moment)
            _write(delivery, reach, text, lane=lane, moment=moment)
            made.append(delivery)
    return made


def _write(delivery: Delivery, reach: Reach, text: AlertText, *, lane: Lane, moment: dt.datetime) -> None:
    if delivery.channel == Channel.EMAIL:
        delivery.mail = queue_mail(to=reach.email, subject=text.subject, body=text.mail, lane=lane, now=moment)
        delivery.save(force_insert=True)
        return
    delivery.save(force_insert=True)
    common: dict[str, Any] = {"delivery": delivery, "lane": lane, "due_at": moment, "created_at": moment}
    match delivery.channel:
        case Channel.PUSH:
            OutgoingPush.objects.bulk_create(
                OutgoingPush(subscription=browser, title=text.subject, body=text.push, url=MY_NOTICES_PATH, **common)
                for browser in reach.pushes
            )
        case Channel.LINE if reach.line is not None:
            OutgoingLine.objects.create(account=reach.line, text=text.line, **common)
        case Channel.SMS if reach.sms is not None:
            OutgoingSms.objects.create(sms_number=reach.sms, text=text.sms, **common)
    wake(_TASKS[Channel(delivery.channel)])
