"""The fees of a case as its screen shows them, and as the applicant sees them."""

from dataclasses import dataclass
from typing import Any

from applications.enums import PaymentState
from applications.fee_forms import ExemptForm, PayForm, ReverseForm
from applications.models import Application, Payment
from applications.permissions import CaseRight
from applications.queries.fees import payments_of
from applications.queries.scope import is_own_filing, scope_for
from cityhall.ids import public_id as new_key
from cityhall.models import User


@dataclass(frozen=True)
class FeeLine:
    """One fee, and the forms of the steps this person may take with it."""

    payment: Payment
    pay: PayForm | None
    exempt: ExemptForm | None
    reverse: ReverseForm | None

    @property
    def change(self) -> int | None:
        """What was given back of the cash handed over."""
        tendered = self.payment.tendered
        return None if tendered is None else tendered - self.payment.amount


def fee_lines(user: User, case: Application) -> list[FeeLine]:
    """The fees of a case for its screen. Two queries, and none of the forms when there is no fee."""
    payments = payments_of(case)
    if not payments:
        return []
    is_closed = is_own_filing(user, case) or case.disposed_at is not None
    rights = {right for right in CaseRight if not is_closed and scope_for(user, right).covers(case)}
    return [_line(user, payment, rights) for payment in payments]


def _line(user: User, payment: Payment, rights: set[CaseRight]) -> FeeLine:
    is_due = payment.state == PaymentState.DUE
    is_settled = payment.state in (PaymentState.PAID, PaymentState.EXEMPTED)
    seen: dict[str, Any] = {"seen_amount": payment.amount}
    may_reverse = is_settled and CaseRight.APPROVE in rights and payment.settled_by_id != user.pk
    return FeeLine(
        payment,
        pay=PayForm(initial={**seen, "request_key": new_key()}, auto_id=f"pay-{payment.pk}-%s")
        if is_due and CaseRight.RECEIVE in rights
        else None,
        exempt=ExemptForm(initial=seen, auto_id=f"exempt-{payment.pk}-%s")
        if is_due and CaseRight.PROCESS in rights
        else None,
        reverse=ReverseForm(auto_id=f"reverse-{payment.pk}-%s") if may_reverse else None,
    )
