"""Two desks take the money, hand over, or take back the same certificates at the same moment."""

import threading

import pytest
from django.db import connection, transaction

from applications.models import Application, Payment, PaymentEvent
from applications.services.fees import record_payment
from applications.services.keeping import need_kept
from counter.enums import IssueState
from counter.models import CertificateIssue
from counter.services import certificates
from counter.services.certificates import Paid
from tests.applications.test_races import at_once
from tests.counter import certkit
from tests.counter.kit import NOW
from tests.database import until_somebody_waits

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def place(municipality, department):
    return certkit.make_place(department)


@pytest.fixture
def both(department):
    return certkit.make_both(department)


def names(results):
    return sorted(type(one).__name__ for one in results)


@pytest.mark.parametrize("turn", range(3))
def test_two_desks_take_the_money_once(place, clerk, handler, resident, both, turn):
    visit = certkit.signed(place, clerk, both, resident=resident)

    def desk(by, method):
        seen = certkit.fresh(visit)
        return lambda: certificates.receive(
            seen, by=by, request_key=by.name, seen_total=600, paid=Paid(method), now=NOW
        )

    results = at_once(desk(clerk, "cash"), desk(handler, "card"))
    assert names(results) == ["AlreadySettled", "Visit"]
    assert (Application.objects.count(), CertificateIssue.objects.count()) == (2, 2)
    assert Payment.objects.values("method").distinct().count() == 1
    assert PaymentEvent.objects.exclude(amount=0).count() == 2


def test_the_money_of_a_visit_and_of_one_of_its_cases_is_taken_in_one_order(place, clerk, handler, resident, both):
    visit = certkit.received(place, clerk, both, resident=resident)
    last = Payment.objects.select_related("application").order_by("application_id").last()

    def at_the_case():
        with transaction.atomic():
            need_kept(last.application)
            holds.set()
            until_somebody_waits()
            return record_payment(payment=last, seen_amount=300, method="card", by=handler, request_key="case", now=NOW)

    def at_the_desk():
        holds.wait(timeout=60)
        certificates.settle(visit, by=clerk, request_key="desk", seen_total=600, paid=Paid("cash"), now=NOW)

    holds = threading.Event()
    # taken in another order the database would have to end one of them: a deadlock
    assert names(at_once(at_the_case, at_the_desk)) == ["AlreadySettled", "Payment"]


@pytest.mark.parametrize("turn", range(3))
def test_a_certificate_is_handed_over_or_taken_back(place, clerk, handler, resident, both, turn):
    visit = certkit.paid(place, clerk, both, resident=resident)
    wanted = list(CertificateIssue.objects.all())
    results = at_once(
        lambda: certificates.hand(visit, wanted, by=clerk, now=NOW),
        lambda: certificates.hand(visit, wanted, by=handler, now=NOW),
        lambda: certificates.cancel(wanted[0], reason="間違い", by=handler, now=NOW),
    )
    states = set(CertificateIssue.objects.values_list("state", flat=True))
    if states == {IssueState.HANDED}:
        assert names(results) == ["NoneType", "NoneType", "StaleState"]
    else:
        assert states == {IssueState.CANCELLED, IssueState.WAITING}
        assert names(results) == ["NoneType", "StaleState", "StaleState"]
    assert Application.objects.filter(events__kind="completed").distinct().count() in (0, 2)
