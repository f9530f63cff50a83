"""Writing one alert over one way that is not mail, in the caller's transaction."""

import datetime as dt
from typing import Any

from cityhall.enums import Lane
from cityhall.queue import wake
from notices.enums import Channel
from notices.models import AccountAlert, Delivery, OutgoingAlert, OutgoingLine, OutgoingPush, OutgoingSms
from notices.services.alerts.reach import Reach
from notices.services.alerts.words import AlertText
from residents.queries import living_row_of

_TASKS = {
    Channel.PUSH: "notices.tasks.send_pushes",
    Channel.LINE: "notices.tasks.send_lines",
    Channel.SMS: "notices.tasks.send_texts",
}


def write_alert(
    channel: Channel,
    reach: Reach,
    text: AlertText,
    *,
    reason: Delivery | AccountAlert,
    path: str,
    lane: Lane,
    due_at: dt.datetime,
    moment: dt.datetime,
) -> None:
    """Queue the rows of one way: one for each browser, one for LINE, one for a number. `path` is where a push leads."""
    name = "delivery" if isinstance(reason, Delivery) else "account_alert"
    common: dict[str, Any] = {name: reason, "lane": lane, "due_at": due_at, "created_at": moment}
    match channel:
        case Channel.PUSH:
            OutgoingPush.objects.bulk_create(
                OutgoingPush(subscription=browser, title=text.subject, body=text.push, url=path, **common)
                for browser in reach.pushes
            )
        case Channel.LINE if reach.line is not None:
            OutgoingLine.objects.create(account=reach.line, text=text.line, **common)
        case Channel.SMS if reach.sms is not None:
            OutgoingSms.objects.create(sms_number=reach.sms, text=text.sms, **common)
    wake(_TASKS[channel])


def is_still_theirs(alert: OutgoingAlert, owner_id: int | None) -> bool:
    """Whether the way, which belongs to this account now, belongs to whom the alert is for.

    A browser or a LINE account may have got another owner since the alert was written. City news is for the way
    itself, whoever has it.
    """
    if alert.account_alert is not None:
        return alert.account_alert.user_id == owner_id
    if alert.delivery_id is None:
        return True
    delivery = Delivery.objects.select_related("notice__recipient__merged_into").get(pk=alert.delivery_id)
    return owner_id is not None and living_row_of(delivery.notice.recipient).user_id == owner_id
