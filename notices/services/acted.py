"""From the notice to the filing: what was filed or booked because of a notice, and reminding those who did not."""

import datetime as dt
from collections import Counter

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.db import violated
from cityhall.enums import AuditAction, Lane
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.queue import wake
from cityhall.services import audit
from cityhall.services.work import finish, put_back
from notices.enums import AlertPurpose, CampaignState, NoticeState, ReceiptKind
from notices.models import Campaign, FilingReminder, Notice
from notices.services.alerts import remind
from notices.services.alerts.hours import daytime_from
from notices.services.events import record_event

SLICE = 100
_ACTS = (ReceiptKind.ACTED, ReceiptKind.ACT_UNDONE)
TASK = "notices.tasks.remind_to_file"
_ONE_AT_A_TIME = "filing_reminder_one_at_a_time"


class NobodyToRemind(DomainError):
    """Everybody has filed, or the notices ask for nothing."""

    code = "nobody_to_remind"
    message = _("手続のお願いを送る人がいません。")


class ReminderRunning(DomainError):
    """A round of reminders is not over yet."""

    code = "reminder_running"
    message = _("手続のお願いを送信中です。終わってから、もう一度お試しください。")


class LostClaim(Exception):
    """Another worker has taken the round over: what was written here is rolled back."""


def record_acted(notice: Notice, *, by: User | None, moment: dt.datetime, label: str = "") -> None:
    """Record that the recipient did what the notice asks for, in the transaction of the filing.

    The first filing gives the time; further ones are events only.
    """
    Notice.objects.filter(pk=notice.pk, acted_at__isnull=True).update(acted_at=moment)
    record_event(notice, ReceiptKind.ACTED, by=by, moment=moment, detail=label)


def take_back_acted(notice: Notice, *, by: User | None, moment: dt.datetime, label: str = "") -> None:
    """Record that a filing or booking made because of a notice was cancelled, in the same transaction.

    While no other one stands the notice waits again, and is reminded with the others. Locks the notice.
    """
    with transaction.atomic():
        row = Notice.objects.select_for_update(of=("self",), no_key=True).get(pk=notice.pk)
        record_event(row, ReceiptKind.ACT_UNDONE, by=by, moment=moment, detail=label)
        kinds = Counter(row.receipts.filter(kind__in=_ACTS).order_by().values_list("kind", flat=True))
        if kinds[ReceiptKind.ACTED] <= kinds[ReceiptKind.ACT_UNDONE]:
            Notice.objects.filter(pk=row.pk).update(acted_at=None)


def not_filed(campaign: Campaign) -> QuerySet[Notice]:
    """Notices of a campaign whose button nobody followed to the end, in the order of their ids; none to the dead."""
    waiting = Notice.objects.filter(
        campaign=campaign,
        acted_at__isnull=True,
        available_at__isnull=False,
        recipient__died_on__isnull=True,
        recipient__merged_into__died_on__isnull=True,
    )
    return waiting.exclude(state=NoticeState.WITHDRAWN).exclude(action_kind="").order_by("id")


def order_reminder(campaign: Campaign, *, by: User, now: dt.datetime | None = None) -> FilingReminder:
    """Have everybody of a campaign reminded who has not filed; the worker goes through them (lane bulk). Audited.

    What is ordered at night begins in the morning.

    Raises NobodyToRemind, ReminderRunning.
    """
    if campaign.campaign_state not in (CampaignState.DONE, CampaignState.SENDING, CampaignState.PAUSED):
        raise NobodyToRemind
    if not not_filed(campaign).exists():
        raise NobodyToRemind
    moment = now or timezone.now()
    last = FilingReminder.objects.filter(campaign=campaign).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            order = FilingReminder.objects.create(
                campaign=campaign, number=last + 1, created_by=by, lane=Lane.BULK,
                due_at=daytime_from(moment), created_at=moment,
            )  # fmt: skip
            audit.record(
                action=AuditAction.STATE,
                actor=by,
                target_type="campaign",
                target_id=campaign.public_id,
                target_label=campaign.name,
                detail=f"filing reminder {order.number}",
                department_code=campaign.department.code,
            )
            wake(TASK)
    except IntegrityError as error:
        if violated(error) not in (_ONE_AT_A_TIME, "filing_reminder_number_once"):
            raise
        raise ReminderRunning from None
    return order


def remind_slice(order: FilingReminder, *, now: dt.datetime | None = None) -> None:
    """Remind the next people of a claimed round, in one transaction; who filed meanwhile is left out.

    At night it waits for the morning. A killed worker loses a slice and nobody is reminded twice: the deliveries are
    unique by the number of the round.
    """
    moment = now or timezone.now()
    if (morning := daytime_from(moment)) > moment:
        if not put_back(order, due_at=morning):
            raise LostClaim
        return
    with transaction.atomic():
        people = not_filed(order.campaign).filter(pk__gt=order.next_notice)
        notices = list(people.select_related("version__notice_type", "department", "recipient__merged_into")[:SLICE])
        told = sum(
            bool(remind(notice, purpose=AlertPurpose.FILING, moment=moment, number=order.number)) for notice in notices
        )
        progress = {
            "told_count": order.told_count + told,
            "unreached_count": order.unreached_count + len(notices) - told,
        }
        if len(notices) < SLICE:
            is_ours = finish(order, now=moment, **progress)
        else:
            is_ours = put_back(order, due_at=moment, next_notice=notices[-1].pk, **progress)
        if not is_ours:
            raise LostClaim
    if len(notices) == SLICE:
        wake(TASK)
