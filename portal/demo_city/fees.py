"""Fees of the demo's cases, taken before they are completed; and one case whose years of keeping are over."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from applications.enums import ApplicationState, PaymentMethod, PaymentState
from applications.models import Application, Payment
from applications.queries.cases import notices_of
from applications.queries.retention import reasons_to_keep
from applications.services import fees
from cityhall.models import User

KEPT_UNTIL = dt.date(2024, 3, 31)
_LONG_AGO = dt.datetime(2018, 5, 1, 3, tzinfo=dt.UTC)


def take_fees(application: Application, *, by: User, now: dt.datetime) -> None:
    """Take in cash what the case owes, in notes of a thousand yen."""
    due = Payment.objects.select_related("application__procedure", "application__department")
    for payment in due.filter(application=application, state=PaymentState.DUE):
        fees.record_payment(
            payment=payment,
            seen_amount=payment.amount,
            method=PaymentMethod.CASH,
            tendered=-(-payment.amount // 1000) * 1000,
            request_key=f"demo-{payment.public_id}",
            by=by,
            now=now,
        )


def age_one_case() -> None:
    """The first completed case that nothing keeps was closed years ago: the list of disposal has one."""
    if Application.objects.filter(keep_until=KEPT_UNTIL).exists():
        return
    closed = Application.objects.filter(state=ApplicationState.COMPLETED, disposed_at=None)
    for case in closed.select_related("procedure").order_by("id")[:50]:
        with transaction.atomic():
            _close_long_ago(case)
            if not reasons_to_keep(case, now=timezone.now()):
                return
            transaction.set_rollback(True)


def _close_long_ago(case: Application) -> None:
    """Decided, told and read years ago: the period of appeal counts from the day the notice was opened."""
    case.decided_at = _LONG_AGO
    Application.objects.filter(pk=case.pk).update(keep_until=KEPT_UNTIL, decided_at=_LONG_AGO)
    notices_of(case).exclude(opened_at=None).update(available_at=_LONG_AGO, opened_at=_LONG_AGO)
