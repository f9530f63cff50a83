"""Two desks and one till at the same moment, in threads on PostgreSQL; each guard next to a control without it."""

import threading

import pytest
from django.db import connection, transaction

from applications.enums import PaymentEventKind, PaymentState
from applications.models import DailyClosing, Payment, PaymentEvent
from applications.queries.fees import totals_of
from applications.services import fees
from cityhall.enums import Role
from cityhall.models import Department
from tests import factories
from tests.applications.casekit import NOW
from tests.applications.feekit import fee_of, make_fee_case, pay
from tests.applications.test_races import PEOPLE, at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def desks(municipality, department):
    return [factories.make_staff(role=Role.CLERK, department=department) for _number in range(PEOPLE)]


def journal(department):
    """What went into the till, as the closing counts it."""
    return {
        method: total["amount"]
        for method, total in totals_of(department, fees.business_day_of(department, now=NOW)).items()
    }


def test_one_of_many_desks_takes_a_fee(department, desks):
    case = make_fee_case(department)
    results = at_once(*[lambda desk=desk: pay(case, desk, key=f"desk {desk.pk}", now=NOW) for desk in desks])
    assert sum(isinstance(one, fees.AlreadySettled) for one in results) == PEOPLE - 1
    winner = next(one for one in results if isinstance(one, Payment))
    stored = fee_of(case)
    assert (stored.state, stored.settled_by_id) == (PaymentState.PAID, winner.settled_by_id)
    assert PaymentEvent.objects.filter(kind=PaymentEventKind.PAID).count() == 1
    assert journal(department) == {"cash": 300}


def test_double_click_at_one_desk_takes_a_fee_once_and_says_so_twice(department, desks):
    case = make_fee_case(department)
    results = at_once(*[lambda: pay(case, desks[0], key="same", now=NOW)] * PEOPLE)
    assert {one.receipt_number for one in results} == {fee_of(case).receipt_number}
    assert journal(department) == {"cash": 300}


def test_control_without_the_condition_every_desk_believes_to_have_taken_it(department, desks):
    """Two desks that look at the state and then write: the drawer is short of 300 yen in the evening."""
    case = make_fee_case(department)
    read = threading.Barrier(2)

    def take():
        with transaction.atomic():
            payment = fee_of(case)
            read.wait(timeout=60)
            assert payment.state == PaymentState.DUE
            row = Payment.objects.filter(pk=payment.pk)
            return row.update(
                state=PaymentState.PAID,
                method="cash",
                settled_at=NOW,
                business_day=NOW.date(),
                received_in=department,
            )

    assert at_once(take, take) == [1, 1]


def test_receipts_of_many_desks_are_numbered_without_gaps(department, desks):
    cases = [make_fee_case(department) for _desk in desks]
    results = at_once(
        *[
            lambda case=case, desk=desk: pay(case, desk, key=f"{case.pk}", now=NOW)
            for case, desk in zip(cases, desks, strict=True)
        ]
    )
    numbers = sorted(one.receipt_number.partition("-")[2] for one in results)
    assert numbers == [f"{number:06d}" for number in range(1, PEOPLE + 1)]


def test_what_is_taken_while_a_day_is_closed_is_in_it_or_in_the_next(department, desks):
    """Whoever is first, the paper of the closed day says what the journal of that day says, for good."""
    for number in range(5):
        till = factories.make_department(f"till{number}")
        desk = factories.make_staff(role=Role.CLERK, department=till)
        pay(make_fee_case(till), desk, key=f"before {number}", now=NOW)
        case = make_fee_case(till)
        day = fees.business_day_of(till, now=NOW)

        def close(till=till, desk=desk, day=day):
            return fees.close_day(department=till, day=day, counted_cash=300, note="", seen_total=300, by=desk, now=NOW)

        closed, paid = at_once(close, lambda case=case, desk=desk: pay(case, desk, key=f"race {case.pk}", now=NOW))
        assert isinstance(paid, Payment), paid
        if isinstance(closed, DailyClosing):
            assert paid.business_day > day
            assert (closed.totals, totals_of(till, day)) == ({"cash": {"count": 1, "amount": 300}},) * 2
        else:
            assert isinstance(closed, fees.ClosingChanged), closed
            assert (paid.business_day, DailyClosing.objects.filter(department=till).exists()) == (day, False)


def test_control_without_the_lock_of_the_till_a_payment_slips_into_a_closed_day(department, desks):
    """The same two, the closing not waiting for who is taking money: the paper does not say what the journal says."""
    pay(make_fee_case(department), desks[0], key="before", now=NOW)
    case = make_fee_case(department)
    day = fees.business_day_of(department, now=NOW)
    counted, taken = threading.Event(), threading.Event()

    def close():
        with transaction.atomic():
            totals = totals_of(department, day)
            counted.set()
            assert taken.wait(timeout=60)
            return DailyClosing.objects.create(
                department=Department.objects.get(pk=department.pk), business_day=day, totals=totals, closed_by=desks[1]
            )

    def take():
        assert counted.wait(timeout=60)
        paid = pay(case, desks[0], key="race", now=NOW)
        taken.set()
        return paid

    closed, paid = at_once(close, take)
    assert paid.business_day == day
    assert (closed.totals["cash"]["amount"], totals_of(department, day)["cash"]["amount"]) == (300, 600)
