"""What an application owes: worked out at submission, and again whenever its answers were sent again."""

import datetime as dt
from typing import Any

from applications.answers import Answers
from applications.definition import form_of
from applications.enums import PaymentEventKind, PaymentState
from applications.fees import Fee, fees_of
from applications.models import Application, Payment, PaymentEvent
from cityhall.days import local_date
from cityhall.models import User


def charge(application: Application, answers: Answers, *, by: User | None, now: dt.datetime) -> None:
    """Make what is owed agree with the answers just sent, in the caller's transaction, who has locked the row.

    What is still due follows the answers, with an event for each change. What was paid or exempted keeps its
    amount: `expected` says what the answers make of it now, and staff decide. One query without fees.
    """
    form = form_of(application.form_version)
    wanted = {fee.key: fee for fee in fees_of(application.procedure.fees, form, answers, today=local_date(now))}
    standing = {row.fee_key: row for row in Payment.objects.select_for_update().filter(application=application)}
    for key, fee in wanted.items():
        if key in standing:
            _follow(standing[key], fee, by=by, now=now)
        else:
            _begin(application, fee, by=by, now=now)
    for key, row in standing.items():
        if key not in wanted:
            _drop(row, by=by, now=now)


def let_go(application: Application, *, by: User | None, now: dt.datetime) -> None:
    """Nothing more is asked for: the case was withdrawn, or closed after a refusal. What was paid stays paid."""
    for row in Payment.objects.select_for_update().filter(application=application, state=PaymentState.DUE):
        _change(row, PaymentEventKind.CANCELLED, by=by, now=now, state=PaymentState.CANCELLED)


def nothing_owed(application: Application, *, by: User | None, now: dt.datetime) -> None:
    """The case came to nothing: what is due is cancelled, and of what was paid an approver is told to pay it back."""
    for row in Payment.objects.select_for_update().filter(application=application).order_by("id"):
        _drop(row, by=by, now=now)


def _begin(application: Application, fee: Fee, *, by: User | None, now: dt.datetime) -> None:
    row = Payment.objects.create(
        application=application, fee_key=fee.key, label=fee.label, amount=fee.amount, created_at=now
    )
    PaymentEvent.objects.create(payment=row, kind=PaymentEventKind.CHARGED, at=now, actor=by, note=f"{fee.amount}円")


def _follow(row: Payment, fee: Fee, *, by: User | None, now: dt.datetime) -> None:
    note = f"{row.amount}円 → {fee.amount}円"
    if row.state == PaymentState.CANCELLED:
        values = {"state": PaymentState.DUE, "amount": fee.amount, "label": fee.label, "expected": None}
        _change(row, PaymentEventKind.CHARGED, by=by, now=now, note=f"{fee.amount}円", **values)
    elif row.state == PaymentState.DUE:
        if row.amount != fee.amount:
            _change(row, PaymentEventKind.CHANGED, by=by, now=now, note=note, amount=fee.amount, label=fee.label)
    else:
        _expect(row, fee.amount, by=by, now=now)


def _drop(row: Payment, *, by: User | None, now: dt.datetime) -> None:
    if row.state == PaymentState.DUE:
        _change(row, PaymentEventKind.CANCELLED, by=by, now=now, state=PaymentState.CANCELLED)
    elif row.state != PaymentState.CANCELLED:
        _expect(row, 0, by=by, now=now)


def _expect(row: Payment, amount: int, *, by: User | None, now: dt.datetime) -> None:
    """Note what a settled fee should be now; nothing when that is known, or nothing differs."""
    expected = None if amount == row.amount else amount
    if expected != row.expected:
        _change(row, PaymentEventKind.CHANGED, by=by, now=now, note=f"{row.amount}円 → {amount}円", expected=expected)


def _change(
    row: Payment, kind: PaymentEventKind, *, by: User | None, now: dt.datetime, note: str = "", **values: Any
) -> None:
    Payment.objects.filter(pk=row.pk).update(**values)
    PaymentEvent.objects.create(payment=row, kind=kind, at=now, actor=by, note=note)
