"""The fees of a case as its screen shows them, and as the applicant sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from applications.enums import PaymentState
from applications.fee_forms import ExemptForm, PayForm, ReverseForm
from applications.models import Application, Payment
from applications.permissions import CaseRight
from applications.queries.fees import own_tills, payments_of
from applications.queries.scope import is_own_filing, scope_for
from cityhall.ids import public_id as new_key
from cityhall.models import User

FeeForm = PayForm | ExemptForm | ReverseForm
F = TypeVar("F", bound=FeeForm)


@dataclass(frozen=True)
class FeeLine:
    """One fee, and the forms of the steps this person may take with it."""

    payment: Payment
    pay: PayForm | None
    exempt: ExemptForm | None
    reverse: ReverseForm | None
    # the person receives such cases and is not designated to take money
    needs_designation: bool = False

    @property
    def change(self) -> int | None:
        """What was given back of the cash handed over."""
        tendered = self.payment.tendered
        return None if tendered is None else tendered - self.payment.amount


def fee_form(form_class: type[F], payment: Payment, data: Mapping[str, Any] | None = None) -> F:
    """A form of one fee. Its ids name the fee: a page holds those of several."""
    initial: dict[str, Any] = {}
    if form_class is not ReverseForm:
        initial["seen_amount"] = payment.amount
    if form_class is PayForm:
        initial["request_key"] = new_key()
    return form_class(data, initial=initial, auto_id=f"{form_class.__name__.lower()}-{payment.pk}-%s")


def fee_lines(user: User, case: Application, sent: FeeForm | None = None) -> list[FeeLine]:
    """The fees of a case for its screen. Two queries, and none of the forms when there is no fee.

    `sent` is a form of one of them that was not taken: it stands where it was, with what was typed.
    """
    payments = payments_of(case)
    if not payments:
        return []
    is_closed = is_own_filing(user, case) or case.disposed_at is not None
    rights = {right for right in CaseRight if not is_closed and scope_for(user, right).covers(case)}
    has_till = bool(own_tills(user))
    return [_line(user, payment, rights, sent, has_till=has_till) for payment in payments]


def _line(user: User, payment: Payment, rights: set[CaseRight], sent: FeeForm | None, *, has_till: bool) -> FeeLine:
    is_due = payment.state == PaymentState.DUE
    is_settled = payment.state in (PaymentState.PAID, PaymentState.EXEMPTED)
    is_receivers = is_due and CaseRight.RECEIVE in rights
    may_reverse = is_settled and CaseRight.APPROVE in rights and payment.settled_by_id != user.pk

    def shown(form_class: type[F], may: bool) -> F | None:
        if not may:
            return None
        form = fee_form(form_class, payment)
        return sent if isinstance(sent, form_class) and sent.auto_id == form.auto_id else form

    return FeeLine(
        payment,
        pay=shown(PayForm, is_receivers and has_till),
        exempt=shown(ExemptForm, is_due and CaseRight.PROCESS in rights),
        reverse=shown(ReverseForm, may_reverse),
        needs_designation=is_receivers and not has_till,
    )
