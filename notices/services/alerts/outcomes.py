"""What became of an alert: evidence, and the paper clock for those whom nothing reached."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.models import User
from notices.enums import AlertPurpose, MailEventKind, NoticeState, ReceiptKind
from notices.models import (
    Delivery,
    MailEvent,
    Notice,
    OutgoingAlert,
    OutgoingLine,
    OutgoingMail,
    OutgoingPush,
    OutgoingSms,
)
from notices.services.events import record_event

_CAME_BACK = (MailEventKind.BOUNCED, MailEventKind.REJECTED)


def record_told(
    work: OutgoingMail | OutgoingAlert, *, moment: dt.datetime, by: User | None = None, detail: str = ""
) -> None:
    """Write that the alert went out, when it tells of a notice; in the caller's transaction.

    Of several browsers the first one counts.
    """
    delivery = _locked_delivery_of(work)
    if delivery is not None and not _others_of(work, delivery).filter(state=WorkState.DONE).exists():
        _record(delivery, ReceiptKind.NOTIFIED, moment=moment, by=by, detail=detail)


def record_not_told(work: OutgoingMail | OutgoingAlert, *, moment: dt.datetime, detail: str = "") -> None:
    """Write that this way failed for good; when no way is left, the letter does not wait for its clock.

    Of several browsers the last one counts.
    """
    delivery = _locked_delivery_of(work)
    if delivery is None or _others_of(work, delivery).exclude(state=WorkState.GIVEN_UP).exists():
        return
    _record(delivery, ReceiptKind.NOTIFY_FAILED, moment=moment, detail=detail)
    if not _may_have_reached(delivery.notice_id):
        waiting = Notice.objects.filter(pk=delivery.notice_id, state=NoticeState.AVAILABLE, paper_due_at__gt=moment)
        waiting.update(paper_due_at=moment)


def note_given_up(work: OutgoingMail | OutgoingAlert) -> None:
    """The same for what the worker gave up without its sender: it died, or stumbled, at every try."""
    record_not_told(work, moment=timezone.now())


def _locked_delivery_of(work: OutgoingMail | OutgoingAlert) -> Delivery | None:
    """What the alert belongs to, its notice locked: of two ways that end at once, the second one sees the first."""
    delivery = _delivery_of(work)
    if delivery is not None:
        Notice.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=delivery.notice_id)
    return delivery


def _delivery_of(work: OutgoingMail | OutgoingAlert) -> Delivery | None:
    deliveries = Delivery.objects.select_related("notice")
    if isinstance(work, OutgoingMail):
        return deliveries.filter(mail=work).first()
    return deliveries.filter(pk=work.delivery_id).first() if work.delivery_id else None


def _others_of(work: OutgoingMail | OutgoingAlert, delivery: Delivery) -> QuerySet[OutgoingPush]:
    """The same alert on the person's other browsers; the other channels have one row each."""
    if not isinstance(work, OutgoingPush):
        return OutgoingPush.objects.none()
    return OutgoingPush.objects.filter(delivery=delivery).exclude(pk=work.pk)


def _record(
    delivery: Delivery, kind: ReceiptKind, *, moment: dt.datetime, by: User | None = None, detail: str = ""
) -> None:
    purpose = "" if delivery.purpose == AlertPurpose.ARRIVAL else str(delivery.get_purpose_display())
    said = " ".join(part for part in (purpose, detail) if part)
    record_event(delivery.notice, kind, moment=moment, by=by, channel=delivery.channel, detail=said)


def _may_have_reached(notice_id: int) -> bool:
    """Whether any alert of the notice was sent and did not come back, or may still be sent."""
    came_back = MailEvent.objects.filter(mail=OuterRef("mail"), kind__in=_CAME_BACK)
    by_mail = Q(mail__isnull=False) & ~Q(mail__state=WorkState.GIVEN_UP) & ~Exists(came_back)
    others: Q = Q()
    for model in (OutgoingPush, OutgoingLine, OutgoingSms):
        alive = model.objects.filter(delivery=OuterRef("pk")).exclude(state=WorkState.GIVEN_UP)
        others |= Q(Exists(alive))
    return Delivery.objects.filter(by_mail | others, notice=notice_id).exists()
