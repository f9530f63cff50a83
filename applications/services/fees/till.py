"""Taking a fee, waiving it, and taking a mistake back.

One lock a till: whoever puts money in or takes it out holds the row of the department, as who closes its day
does (`closing`); before it that of the case, so that nothing moves at one that is disposed of. A number of a receipt
is the next one of the department and fiscal year.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import EventKind, PaymentEventKind, PaymentMethod, PaymentState
from applications.inventory.years import fiscal_year_of
from applications.models import Application, ApplicationEvent, DailyClosing, Payment, PaymentEvent
from applications.permissions import CaseRight
from applications.queries.fees import own_tills
from applications.queries.scope import is_own_filing, scope_for
from applications.services.casework.steps import NotAllowed, need_reason
from applications.services.keeping import need_kept
from applications.services.mails import Occasion, tell_applicant
from cityhall.days import add_business_days, local_date
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import Department, User
from cityhall.services import audit


class AlreadySettled(StaleState):
    """Another desk was faster."""

    code = "already_settled"
    message = _("この手数料は、すでに処理されています。最新の状態をご確認ください。")


class AmountChanged(StaleState):
    """The answers were sent again while the page was open."""

    code = "amount_changed"
    message = _("申請内容が変わり、金額が変わりました。新しい金額をご確認ください。")


class BadPayment(DomainError):
    """What was said of the payment cannot be."""

    code = "bad_payment"
    message = _("お預かりの金額が足りません。金額を確認してください。")


class NotDesignated(DomainError):
    """The role does not let them touch the city's money, and nobody designated them."""

    code = "not_designated"
    message = _(
        "出納員または現金取扱員に指定されていないため、手数料を収納できません。指定された職員に依頼してください。"
    )


class OwnEntry(DomainError):
    """Four eyes: nobody takes back what they recorded themselves."""

    code = "own_entry"
    message = _("ご自身が記録した収納・免除は取り消せません。別の決裁者に依頼してください。")


@dataclass(frozen=True)
class Received:
    """How a fee was paid. `tendered`: cash handed over; `received_on`: the day of a transfer at the bank."""

    method: PaymentMethod
    tendered: int | None = None
    received_on: dt.date | None = None

    def check(self, amount: int, *, on: dt.date) -> None:
        """Raises BadPayment."""
        if self.method == PaymentMethod.CASH and (self.tendered is None or self.tendered < amount):
            raise BadPayment
        if self.method == PaymentMethod.TRANSFER and (self.received_on is None or self.received_on > on):
            raise BadPayment(_("口座に入金された日を、今日までの日付で入力してください。"))


def need_right(user: User, application: Application, right: CaseRight) -> None:
    """Raises NotAllowed when role and scope do not let them, and when the case was disposed of."""
    if application.disposed_at is not None or is_own_filing(user, application):
        raise NotAllowed
    if not scope_for(user, right).covers(application):
        raise NotAllowed


def till_of(user: User, application: Application) -> Department:
    """The till a person takes the fee of a case in: that of its department if they work there, else of their own.

    Raises NotAllowed, NotDesignated (会計年度任用職員 need a designation: 地方自治法171条).
    """
    need_right(user, application, CaseRight.RECEIVE)
    tills = own_tills(user)
    if not tills:
        raise NotDesignated
    return Department.objects.get(pk=application.department_id if application.department_id in tills else min(tills))


def record_payment(
    *,
    payment: Payment,
    seen_amount: int,
    method: PaymentMethod,
    by: User,
    request_key: str,
    tendered: int | None = None,
    received_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Payment:
    """Take a fee: payment, journal of the till, event of the case and audit in one transaction.

    The same request twice is one payment. Raises NotAllowed, NotDesignated, BadPayment, AlreadySettled,
    AmountChanged. Locks the till. The day is today's, or the next open one when today is closed already.
    """
    moment = now or timezone.now()
    till = till_of(by, payment.application)
    received = Received(method, tendered if method == PaymentMethod.CASH else None, _transfer(method, received_on))
    received.check(seen_amount, on=local_date(moment))
    try:
        with transaction.atomic():
            need_kept(payment.application)
            _lock(till)
            if PaymentEvent.objects.filter(request_key=request_key).exists():
                return _again(payment)
            day = business_day_of(till, now=moment)
            number = _next_receipt(till, day)
            values = {"method": method, "received_in": till, "business_day": day, "receipt_number": number}
            values |= {"tendered": received.tendered, "received_on": received.received_on}
            _settle(payment, seen_amount, PaymentState.PAID, by=by, now=moment, **values)
            _note(payment, PaymentEventKind.PAID, by, moment, amount=seen_amount, request_key=request_key)
            ApplicationEvent.objects.create(application=payment.application, kind=EventKind.PAID, at=moment, actor=by)
            _audit(payment, by, "paid")
    except IntegrityError as error:
        if violated(error) == "applications_paymentevent_request_key_key":
            return _again(payment)
        raise
    return payment


def exempt(*, payment: Payment, seen_amount: int, reason: str, by: User, now: dt.datetime | None = None) -> Payment:
    """Waive a fee (減免) with its reason. Audited. Raises NotAllowed, ReasonMissing, AlreadySettled, AmountChanged."""
    need_right(by, payment.application, CaseRight.PROCESS)
    text, moment = need_reason(reason), now or timezone.now()
    with transaction.atomic():
        need_kept(payment.application)
        _settle(payment, seen_amount, PaymentState.EXEMPTED, by=by, now=moment, exemption_reason=text)
        _note(payment, PaymentEventKind.EXEMPTED, by, moment, note=text)
        _audit(payment, by, "exempted")
    return payment


def reverse(*, payment: Payment, reason: str, by: User, now: dt.datetime | None = None) -> Payment:
    """Take back that a fee was paid or waived: it is due again, at what the answers make of it now.

    Before its day is closed the entry leaves that day; afterwards the money is paid back and stands as a negative
    entry in the day that is open (docs/adr/0003). Audited. Raises NotAllowed (approvers only), OwnEntry, ReasonMissing,
    AlreadySettled. Locks the till that took it.
    """
    need_right(by, payment.application, CaseRight.APPROVE)
    text, moment = need_reason(reason), now or timezone.now()
    if payment.settled_by_id == by.pk:
        raise OwnEntry
    if payment.state not in (PaymentState.PAID, PaymentState.EXEMPTED):
        raise AlreadySettled
    with transaction.atomic():
        need_kept(payment.application)
        kind, entry = _take_out(payment, moment)
        amount = payment.amount if payment.expected is None else payment.expected
        state = PaymentState.DUE if amount else PaymentState.CANCELLED
        cleared: dict[str, Any] = dict.fromkeys(("settled_by", "settled_at", "received_in", "business_day"))
        cleared |= {"method": "", "receipt_number": "", "exemption_reason": "", "tendered": None, "received_on": None}
        cleared |= {"state": state, "amount": amount or payment.amount, "expected": None}
        seen = Payment.objects.filter(pk=payment.pk, state=payment.state, settled_at=payment.settled_at)
        if seen.update(**cleared) != 1:
            raise AlreadySettled
        PaymentEvent.objects.create(payment=payment, kind=kind, at=moment, actor=by, note=text, **entry)
        _audit(payment, by, kind.value)
    payment.refresh_from_db()
    return payment


def remind(*, payment: Payment, by: User, now: dt.datetime | None = None) -> bool:
    """Mail the applicant that something is to be paid, without saying what; False when one went out today already."""
    need_right(by, payment.application, CaseRight.RECEIVE)
    moment = now or timezone.now()
    with transaction.atomic():
        row = Payment.objects.select_for_update().get(pk=payment.pk)
        if row.state != PaymentState.DUE:
            raise AlreadySettled
        last = row.events.filter(kind=PaymentEventKind.REMINDED).order_by("-id").values_list("at", flat=True).first()
        if last is not None and local_date(last) == local_date(moment):
            return False
        PaymentEvent.objects.create(payment=row, kind=PaymentEventKind.REMINDED, at=moment, actor=by)
        tell_applicant(payment.application, Occasion.FEE_DUE)
    return True


def business_day_of(till: Department, *, now: dt.datetime) -> dt.date:
    """The day that money taken now counts for: today, or the business day after the last closed one."""
    today = local_date(now)
    last = DailyClosing.objects.filter(department=till).order_by("-business_day").first()
    if last is None or last.business_day < today:
        return today
    return add_business_days(last.business_day, 1)


def _lock(till: Department) -> None:
    Department.objects.select_for_update(no_key=True).get(pk=till.pk)


def _take_out(payment: Payment, now: dt.datetime) -> tuple[PaymentEventKind, dict[str, Any]]:
    """The kind of the entry, and what it takes out of which day. Locks the till."""
    if payment.state != PaymentState.PAID or payment.received_in is None or payment.business_day is None:
        return PaymentEventKind.REVERSED, {}
    _lock(payment.received_in)
    closed = DailyClosing.objects.filter(department=payment.received_in, business_day=payment.business_day).exists()
    day = business_day_of(payment.received_in, now=now) if closed else payment.business_day
    entry = {
        "amount": -payment.amount,
        "method": payment.method,
        "department": payment.received_in,
        "business_day": day,
        "receipt_number": payment.receipt_number,
    }
    return (PaymentEventKind.REFUNDED if closed else PaymentEventKind.REVERSED), entry


def _next_receipt(till: Department, day: dt.date) -> str:
    year = fiscal_year_of(day)
    # the condition of the index `payment_receipt_number_unique`: its last entry of the till is read
    taken = PaymentEvent.objects.filter(department=till, kind=PaymentEventKind.PAID).exclude(receipt_number="")
    taken = taken.filter(receipt_number__startswith=f"{year}-")
    last = taken.order_by("-receipt_number").values_list("receipt_number", flat=True).first()
    return f"{year}-{int(last.partition('-')[2]) + 1 if last else 1:06d}"


def _settle(
    payment: Payment, seen_amount: int, state: PaymentState, *, by: User, now: dt.datetime, **values: Any
) -> None:
    """The conditional update that decides who was first; `payment` then says what the row says."""
    seen = Payment.objects.filter(pk=payment.pk, state=PaymentState.DUE, amount=seen_amount)
    if seen.update(state=state, settled_by=by, settled_at=now, **values) != 1:
        payment.refresh_from_db()
        raise AmountChanged if payment.state == PaymentState.DUE else AlreadySettled
    payment.refresh_from_db()


def _again(payment: Payment) -> Payment:
    """What the first request made of it. Raises AlreadySettled when that was taken back meanwhile."""
    payment.refresh_from_db()
    if payment.state != PaymentState.PAID:
        raise AlreadySettled
    return payment


def _note(payment: Payment, kind: PaymentEventKind, by: User, now: dt.datetime, **values: Any) -> None:
    money = {}
    if kind == PaymentEventKind.PAID:
        money = {
            "method": payment.method,
            "department": payment.received_in,
            "business_day": payment.business_day,
            "receipt_number": payment.receipt_number,
        }
    PaymentEvent.objects.create(payment=payment, kind=kind, at=now, actor=by, **money, **values)


def _transfer(method: PaymentMethod, day: dt.date | None) -> dt.date | None:
    return day if method == PaymentMethod.TRANSFER else None


def _audit(payment: Payment, by: User, detail: str) -> None:
    audit.record(
        action=AuditAction.STATE,
        actor=by,
        target_type="payment",
        target_id=payment.public_id,
        target_label=payment.application.number or "",
        detail=detail,
        department_code=payment.application.department.code,
    )
