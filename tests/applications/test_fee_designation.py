"""Who takes the city's money by designation (出納員・現金取扱員), and nobody else of their role."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.enums import CashDuty, PaymentState
from applications.models import CashDesignation, PaymentEvent
from applications.queries.fees import own_tills
from applications.services import fees
from applications.services.casework import NotAllowed
from cityhall.days import today
from cityhall.enums import Role
from cityhall.models import User
from tests import factories
from tests.applications.feekit import fee_of, make_fee_case, pay

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def case(department):
    return make_fee_case(department)


def designate(person, department, *, first=None, last=None):
    return CashDesignation.objects.create(
        user=person, department=department, duty=CashDuty.HANDLER, active_from=first or today(), active_until=last
    )


def now(person):
    """The person as a new request has them."""
    return User.objects.get(pk=person.pk)


def test_a_contract_clerk_takes_no_money(case, contract_clerk, department):
    assert own_tills(contract_clerk) == set()
    with pytest.raises(fees.NotDesignated):
        pay(case, contract_clerk)
    with pytest.raises(NotAllowed):
        fees.close_day(department=department, day=today(), counted_cash=0, note="", seen_total=0, by=contract_clerk)
    assert (fee_of(case).state, PaymentEvent.objects.filter(kind="paid").count()) == (PaymentState.DUE, 0)


def test_a_designated_one_does(case, contract_clerk, department):
    designate(contract_clerk, department)
    assert pay(case, now(contract_clerk)).state == PaymentState.PAID
    assert fee_of(case).received_in == department


@pytest.mark.parametrize(
    ("first", "last"), [(today() + DAY, None), (today() - 9 * DAY, today() - DAY)], ids=["to come", "over"]
)
def test_a_designation_counts_in_its_time(case, contract_clerk, department, first, last):
    designate(contract_clerk, department, first=first, last=last)
    with pytest.raises(fees.NotDesignated):
        pay(case, now(contract_clerk))


def test_a_designation_counts_in_its_department(case, contract_clerk, departments):
    designate(contract_clerk, departments["kaigo"])
    with pytest.raises(fees.NotDesignated):
        pay(case, now(contract_clerk))


def test_a_designation_gives_no_role(case, departments):
    stranger = factories.make_staff(role=Role.CONTRACT_CLERK, department=departments["kaigo"])
    designate(stranger, case.department)
    with pytest.raises(NotAllowed):
        pay(case, now(stranger))


def test_other_roles_need_none(case, clerk, django_assert_num_queries):
    own_tills(clerk)
    with django_assert_num_queries(0):
        assert own_tills(clerk) == {case.department_id}
    assert pay(case, clerk).state == PaymentState.PAID


def test_the_page_has_no_till_for_them_and_says_why(login, case, contract_clerk, clerk):
    payment = fee_of(case)
    till = reverse("applications:fee_pay", args=[payment.public_id])
    page = reverse("applications:case_detail", args=[case.public_id])
    shown, told = login(clerk).get(page).content.decode(), login(contract_clerk).get(page).content.decode()
    assert (till in shown, till in told) == (True, False)
    assert ("に指定された職員が行います" in shown, "に指定された職員が行います" in told) == (False, True)


def test_a_form_sent_all_the_same_is_refused_in_a_sentence(login, case, contract_clerk):
    payment = fee_of(case)
    data = {"seen_amount": payment.amount, "request_key": "one", "method": "cash", "tendered": 1000}
    answer = login(contract_clerk).post(reverse("applications:fee_pay", args=[payment.public_id]), data, follow=True)
    assert str(fees.NotDesignated.message) in answer.content.decode()
    assert fee_of(case).state == PaymentState.DUE


def test_a_designation_ends_after_it_began(contract_clerk, department):
    with pytest.raises(IntegrityError), transaction.atomic():
        designate(contract_clerk, department, last=today() - DAY)


def test_administrators_designate_in_the_admin(login, administrator, contract_clerk, department):
    data = {"user": contract_clerk.pk, "department": department.pk, "duty": "handler", "active_from": "2026-04-01"}
    answer = login(administrator).post(reverse("admin:applications_cashdesignation_add"), data)
    assert answer.status_code == 302
    row = CashDesignation.objects.get()
    assert (row.user, row.department, row.active_until) == (contract_clerk, department, None)
