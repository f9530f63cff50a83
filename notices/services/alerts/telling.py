"""Writing the alerts of a notice, one row for each way, in the transaction of what they tell of."""

import datetime as dt

from django.utils.translation import override

from cityhall.enums import Lane
from cityhall.queries.city import municipality
from notices.enums import AlertPurpose, Channel
from notices.links import MY_NOTICES_PATH
from notices.models import Delivery, Notice
from notices.services.alerts.reach import Reach, reach_of
from notices.services.alerts.words import AlertText, alert_text
from notices.services.alerts.writing import write_alert
from notices.services.mail import queue_mail
from residents.queries import living_row_of


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
    city, department = municipality(), notice.department
    with override(living_row_of(notice.recipient).language):
        text = alert_text(
            purpose, city=city.name, department=department.name, phone=department.phone or city.phone or ""
        )
    lane = _lane_of(notice, purpose)
    made = []
    for channel in Channel:
        if channel in reach.channels:
            delivery = Delivery(notice=notice, channel=channel, purpose=purpose, number=number, created_at=moment)
            _write(delivery, reach, text, lane=lane, moment=moment)
            made.append(delivery)
    return made


def _lane_of(notice: Notice, purpose: AlertPurpose) -> Lane:
    """A campaign never holds up the alert of a single notice; an answer to one person's reply is no campaign."""
    is_single = notice.campaign_id is None or purpose == AlertPurpose.ANSWER
    return Lane.SINGLE if is_single else Lane.BULK


def _write(delivery: Delivery, reach: Reach, text: AlertText, *, lane: Lane, moment: dt.datetime) -> None:
    if delivery.channel == Channel.EMAIL:
        delivery.mail = queue_mail(to=reach.email, subject=text.subject, body=text.mail, lane=lane, now=moment)
        delivery.save(force_insert=True)
        return
    delivery.save(force_insert=True)
    write_alert(
        Channel(delivery.channel),
        reach,
        text,
        reason=delivery,
        path=MY_NOTICES_PATH,
        lane=lane,
        due_at=moment,
        moment=moment,
    )
