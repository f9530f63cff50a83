"""Cases with a fee, and cases whose years of keeping are over."""

import datetime as dt

from django.db import transaction

from applications.enums import ApplicationState, DecisionKind, PaymentMethod
from applications.models import Payment
from applications.services import fees
from tests.applications.casekit import ANSWERS, NOW, make_case, make_procedure

FEES = [
    {"key": "issue", "label": "交付手数料", "amount": 300},
    {
        "key": "copy",
        "label": "写し",
        "amount": {"times": [{"number": "1.5"}, 100]},
        "when": {"filled": {"answer": "bank"}},
    },
]


def make_fee_case(department, *, state=ApplicationState.IN_REVIEW, fee_due="decision", rules=FEES[:1], **fields):
    """A case with its fees charged."""
    procedure = make_procedure(department, fees=rules, fee_due=fee_due)
    case = make_case(procedure, state=state, **fields)
    with transaction.atomic():
        fees.charge(case, ANSWERS, by=case.filed_by, now=NOW)
    return case


def fee_of(case, key="issue"):
    """The fee as a request has it."""
    rows = Payment.objects.select_related("application__procedure", "application__department", "received_in")
    return rows.get(application=case, fee_key=key)


def pay(case, by, *, key="one", method=PaymentMethod.CASH, **values):
    """What the button of the till does."""
    payment = fee_of(case)
    values = {"tendered": 1000, "seen_amount": payment.amount} | values
    return fees.record_payment(payment=payment, method=method, by=by, request_key=key, **values)


def make_old_case(department, **fields):
    """A completed case whose time of keeping was over long ago."""
    procedure = fields.pop("procedure", None) or make_procedure(department)
    values = {
        "state": ApplicationState.COMPLETED,
        "decision": DecisionKind.APPROVE,
        "decided_at": dt.datetime(2018, 5, 1, tzinfo=dt.UTC),
        "decision_reason": "所得が基準の内です。",
        "keep_until": dt.date(2024, 3, 31),
    }
    return make_case(procedure, **values | fields)
