"""Certificates served at once: asked, signed, paid, handed over; each once, all or nothing."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from applications.enums import ApplicationState, PaymentMethod, PaymentState, ProcedureState
from applications.hindrances import Hindered
from applications.models import Application, Payment, PaymentEvent, Procedure
from applications.services import casework
from applications.services.casework import NotAllowed, NotIssued
from applications.services.fees import AlreadySettled, AmountChanged, BadPayment, NotDesignated
from cityhall.errors import StaleState
from counter.at_once import MOST_COPIES, copies_in
from counter.enums import Companion, HandOverOutcome, IssueState, Relation, VisitPhase, VisitState
from counter.errors import (
    AuthorityMissing,
    CannotFileHere,
    CertificateInReview,
    CompanionUnnamed,
    OtherProcedures,
    ReasonMissing,
    ThirdPartyReason,
)
from counter.models import CertificateIssue, CertificateOrder, HandOver, Visit, VisitPeriod
from counter.queries.certificate_figures import certificate_figures
from counter.queries.certificates import desk_certificates, over_on, waiting_of
from counter.queries.figures import span_of
from counter.queries.hand_overs import document, with_content
from counter.services import certificates, issues, visits
from counter.services.certificates import Paid, Requester, Waived
from counter.services.visits.receiving import NotReceived
from counter.services.visits.reviewing import NotComplete, ProcedureEnded
from tests.counter import certkit, receivingkit
from tests.counter.deskkit import stranger
from tests.counter.kit import NOW
from tests.database import triggers_off

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)
LATER = NOW + dt.timedelta(minutes=3)
THIRD = Requester(Relation.THIRD, "債権の回収のため", "緑野 太郎 昭和40年1月1日生")


@pytest.fixture
def place(municipality, department):
    return certkit.make_place(department)


@pytest.fixture
def both(department):
    return certkit.make_both(department)


@pytest.fixture
def one(both):
    return both[:1]


def states():
    return list(Application.objects.order_by("id").values_list("state", flat=True))


def settle(visit, by, *, key="later", total=300, **fields):
    certificates.settle(visit, by=by, request_key=key, seen_total=total, now=NOW, **fields)


# what is asked


def test_a_chosen_certificate_is_asked_for_here_now_and_once(place, clerk, resident, one):
    visit = certkit.identified(place, clerk, resident=resident)
    certificates.choose(visit, one[0], by=clerk, now=NOW)
    assert visit.state == VisitState.FILLING
    assert (visit.values["p1_copies"], visit.values["p1_pickup_place"]) == ("1", "now")
    assert visit.values["applicant_name"]["family"] == resident.family_name
    # nobody was asked that
    assert "p1_copies" not in visit.sources


def test_what_was_said_is_not_answered_anew(place, clerk, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident, values={"p1_copies": "3", "p1_pickup_place": "main"})
    certificates.prepare(visit, by=clerk, now=NOW)
    assert (visit.values["p1_copies"], visit.values["p1_pickup_place"]) == ("3", "main")


def test_only_certificates_that_are_issued_at_once_can_be_chosen(place, clerk, resident, department, both):
    other = receivingkit.make_procedure(department)
    visit = certkit.identified(place, clerk, resident=resident)
    assert desk_certificates(clerk) == both
    with pytest.raises(CannotFileHere):
        certificates.choose(visit, other, by=clerk, now=NOW)
    assert desk_certificates(stranger()) == []


def test_a_visit_with_something_else_is_served_the_long_way(place, clerk, department, one):
    visit = receivingkit.reviewing(place, clerk, [receivingkit.make_procedure(department)])
    with pytest.raises(StaleState):
        certificates.begin(visit)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.FILLING)
    with pytest.raises(OtherProcedures):
        certificates.begin(visit)
    assert CertificateOrder.objects.count() == 0


def test_the_short_way_is_begun_once_and_left_with_everything_typed(place, clerk, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident)
    assert certificates.begin(visit) == certificates.begin(visit)
    certificates.release(visit, by=clerk)
    certificates.release(visit, by=clerk)
    assert CertificateOrder.objects.get().is_short is False
    assert certkit.fresh(visit).values == visit.values
    assert certificates.begin(visit).is_short is True


# who asks


def test_a_proxy_is_the_second_person_with_a_paper(place, clerk, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident)
    proxy = Requester(Relation.PROXY, proxy_name="緑野 花子", authority=["letter_of_attorney"])
    certificates.to_signature(visit, proxy, by=clerk, now=NOW)
    row = certkit.fresh(visit)
    assert (row.companion, row.companion_name) == (Companion.PROXY, "緑野 花子")
    assert row.documents == ["driving_licence", "letter_of_attorney"]
    assert row.state == VisitState.REVIEWING


def test_who_is_no_proxy_after_all_leaves_no_trace_of_one(place, clerk, resident, one):
    shown = {
        "documents": ["driving_licence", "letter_of_attorney"],
        "companion": "proxy",
        "companion_name": "緑野 花子",
    }
    visit = certkit.asking(place, clerk, one, resident=resident, **shown)
    certificates.say(visit, Requester(Relation.SELF), by=clerk, now=NOW)
    row = certkit.fresh(visit)
    assert (row.companion, row.companion_name, row.documents) == ("", "", ["driving_licence"])


@pytest.mark.parametrize(
    ("requester", "error"),
    [
        (Requester(Relation.PROXY, proxy_name="緑野 花子"), AuthorityMissing),
        (Requester(Relation.PROXY, authority=["letter_of_attorney"]), CompanionUnnamed),
        (Requester(Relation.THIRD, reason="債権の回収"), ThirdPartyReason),
        (Requester(Relation.THIRD, subject="緑野 太郎"), ThirdPartyReason),
    ],
)
def test_who_asks_for_another_says_by_what_right(place, clerk, resident, one, requester, error):
    visit = certkit.asking(place, clerk, one, resident=resident)
    with pytest.raises(error):
        certificates.to_signature(visit, requester, by=clerk, now=NOW)
    assert certkit.fresh(visit).state == VisitState.FILLING
    assert CertificateOrder.objects.get().relation == Relation.SELF


def test_nothing_is_kept_of_who_asks_while_answers_are_missing(place, clerk, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident, values={"p1_scope": ""})
    with pytest.raises(NotComplete):
        certificates.to_signature(visit, THIRD, by=clerk, now=NOW)
    assert CertificateOrder.objects.get().relation == Relation.SELF


def test_the_case_says_who_asked_and_why(place, clerk, resident, one):
    certkit.received(place, clerk, one, resident=resident, requester=THIRD)
    note = Application.objects.get().reception.identity_note
    assert "第三者" in note
    assert THIRD.reason in note
    assert THIRD.subject in note


# received and paid


def test_everything_is_received_paid_and_at_the_terminal_at_once(place, clerk, resident, both):
    visit = certkit.paid(place, clerk, both, resident=resident)
    assert visit.state == VisitState.RECEIVED
    assert states() == [ApplicationState.SUBMITTED] * 2
    payments = Payment.objects.all()
    assert {(one.state, one.amount, one.tendered) for one in payments} == {(PaymentState.PAID, 300, 300)}
    assert list(CertificateIssue.objects.values_list("state", "copies")) == [(IssueState.WAITING, 1)] * 2
    assert HandOver.objects.filter(outcome=HandOverOutcome.OPEN).count() == 2


def test_cash_for_several_is_one_payment_with_one_change(place, clerk, resident, both):
    certkit.received(place, clerk, both, resident=resident, paid=Paid(PaymentMethod.CASH, 1000), total=600)
    tendered = list(Payment.objects.values_list("tendered", flat=True))
    assert sum(tendered) == 1000
    assert sorted(tendered) == [300, 700]


@pytest.mark.parametrize(
    ("paid", "total", "error"),
    [(Paid(PaymentMethod.CASH, 500), 600, BadPayment), (Paid(PaymentMethod.CARD), 300, AmountChanged)],
)
def test_what_cannot_be_paid_is_not_received(place, clerk, resident, both, paid, total, error):
    visit = certkit.signed(place, clerk, both, resident=resident)
    with pytest.raises(error):
        certificates.receive(visit, by=clerk, request_key="k", seen_total=total, paid=paid, now=NOW)
    assert (Application.objects.count(), Payment.objects.count()) == (0, 0)
    assert certkit.fresh(visit).state == VisitState.SIGNED


def test_received_twice_is_received_and_paid_once(place, clerk, resident, both):
    visit = certkit.signed(place, clerk, both, resident=resident)
    for _tap in range(2):
        again = Visit.objects.get(pk=visit.pk)
        certificates.receive(again, by=clerk, request_key="k", seen_total=600, paid=Paid(PaymentMethod.CARD), now=NOW)
    assert Application.objects.count() == 2
    assert PaymentEvent.objects.exclude(amount=0).count() == 2
    assert CertificateIssue.objects.count() == 2


def test_of_two_desks_that_take_the_money_one_does(place, clerk, handler, resident, one):
    visit = certkit.received(place, clerk, one, resident=resident)
    settle(visit, clerk, key="a", paid=Paid(PaymentMethod.CASH))
    with pytest.raises(AlreadySettled):
        settle(visit, handler, key="b", paid=Paid(PaymentMethod.CARD))
    settle(visit, clerk, key="a", paid=Paid(PaymentMethod.CASH))
    assert Payment.objects.get().method == PaymentMethod.CASH


def test_who_may_not_take_money_receives_and_a_colleague_takes_it(place, contract_clerk, clerk, resident, one):
    visit = certkit.signed(place, contract_clerk, one, resident=resident)
    with pytest.raises(NotDesignated):
        certificates.receive(
            visit, by=contract_clerk, request_key="k", seen_total=300, paid=Paid(PaymentMethod.CASH), now=NOW
        )
    certificates.receive(certkit.fresh(visit), by=contract_clerk, request_key="k", seen_total=300, now=NOW)
    settle(visit, clerk, paid=Paid(PaymentMethod.CASH))
    assert Payment.objects.get().state == PaymentState.PAID


def test_a_fee_is_waived_with_a_reason_and_the_others_are_paid(place, handler, resident, both):
    visit = certkit.signed(place, handler, both, resident=resident)
    waived = Waived([f"{both[0].key}:issue"], "手数料条例第6条")
    certificates.receive(
        visit, by=handler, request_key="k", seen_total=600, paid=Paid(PaymentMethod.CASH), waived=waived, now=NOW
    )
    found = Payment.objects.order_by("application__visit_procedure__position")
    assert [(one.state, one.exemption_reason) for one in found] == [
        (PaymentState.EXEMPTED, "手数料条例第6条"),
        (PaymentState.PAID, ""),
    ]


def test_a_clerk_waives_nothing(place, clerk, resident, one):
    visit = certkit.signed(place, clerk, one, resident=resident)
    with pytest.raises(NotAllowed):
        certificates.receive(
            visit, by=clerk, request_key="k", seen_total=300, waived=Waived([f"{one[0].key}:issue"], "理由"), now=NOW
        )
    assert Application.objects.count() == 0


def test_a_certificate_that_the_city_withdrew_keeps_everything_from_being_received(place, clerk, resident, both):
    visit = certkit.signed(place, clerk, both, resident=resident)
    Procedure.objects.filter(pk=both[1].pk).update(state=ProcedureState.CLOSED)
    with pytest.raises(NotReceived):
        certificates.receive(visit, by=clerk, request_key="k", seen_total=600, paid=Paid(PaymentMethod.CASH), now=NOW)
    assert Application.objects.count() == 0


def test_a_withdrawn_certificate_is_named_before_the_signature_and_can_be_left_out(place, clerk, resident, both):
    visit = certkit.asking(place, clerk, both, resident=resident)
    Procedure.objects.filter(pk=both[1].pk).update(state=ProcedureState.CLOSED)
    with pytest.raises(ProcedureEnded) as caught:
        certificates.to_signature(visit, Requester(Relation.SELF), by=clerk, now=NOW)
    assert both[1].name in str(caught.value)
    visit = certkit.fresh(visit)
    certificates.leave_out(visit, both[1], by=clerk, now=NOW)
    certificates.to_signature(visit, Requester(Relation.SELF), by=clerk, now=NOW)
    assert certkit.fresh(visit).state == VisitState.REVIEWING


# handed over


def test_what_is_handed_over_is_complete_and_the_visit_over(place, clerk, resident, both):
    visit = certkit.paid(place, clerk, both, resident=resident)
    wanted = list(CertificateIssue.objects.all())
    certificates.hand(visit, wanted[:1], by=clerk, now=LATER)
    assert certkit.fresh(visit).state == VisitState.RECEIVED
    certificates.hand(visit, wanted, by=clerk, now=LATER)
    assert states() == [ApplicationState.COMPLETED] * 2
    issue = CertificateIssue.objects.last()
    assert (issue.state, issue.over_at, issue.over_by) == (IssueState.HANDED, LATER, clerk)
    assert certkit.fresh(visit).state == VisitState.CLOSED
    # pressed twice
    certificates.hand(visit, wanted, by=clerk, now=LATER)
    assert Application.objects.first().events.filter(kind="completed").count() == 1


def test_nothing_is_handed_over_before_it_is_paid(place, clerk, resident, one):
    visit = certkit.received(place, clerk, one, resident=resident)
    with pytest.raises(Hindered):
        certificates.hand(visit, list(CertificateIssue.objects.all()), by=clerk, now=LATER)
    assert CertificateIssue.objects.get().state == IssueState.WAITING


def test_a_case_in_review_is_noted_as_handed_over_and_stays_with_its_handler(place, clerk, handler, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    casework.take(application=Application.objects.get(), by=handler)
    issue = CertificateIssue.objects.get()
    with pytest.raises(CertificateInReview):
        certificates.cancel(issue, reason="間違い", by=clerk, now=LATER)
    certificates.hand(visit, [issue], by=clerk, now=LATER)
    assert states() == [ApplicationState.IN_REVIEW]
    assert CertificateIssue.objects.get().state == IssueState.HANDED


def test_what_was_withdrawn_elsewhere_is_not_handed_over(place, clerk, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    casework.call_off(application=Application.objects.get(), reason="取りやめ", by=clerk, now=LATER)
    with pytest.raises(NotIssued):
        certificates.hand(visit, list(CertificateIssue.objects.all()), by=clerk, now=LATER)


def test_who_may_not_receive_such_cases_hands_nothing_over(place, clerk, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    with pytest.raises(NotAllowed):
        certificates.hand(visit, list(CertificateIssue.objects.all()), by=stranger(), now=LATER)


# taken back


def test_a_mistake_is_taken_back_with_a_reason_before_it_is_handed_over(place, clerk, resident, both):
    visit = certkit.received(place, clerk, both, resident=resident)
    first, second = CertificateIssue.objects.all()
    with pytest.raises(ReasonMissing):
        certificates.cancel(first, reason=" ", by=clerk, now=LATER)
    for _tap in range(2):
        certificates.cancel(first, reason="種類の間違い", by=clerk, now=LATER)
    first.refresh_from_db()
    assert (first.state, first.reason, first.over_by) == (IssueState.CANCELLED, "種類の間違い", clerk)
    assert first.application.state == ApplicationState.WITHDRAWN
    assert first.application.payments.get().state == PaymentState.CANCELLED
    assert first.application.hand_overs.get().outcome == HandOverOutcome.SETTLED
    assert (second.application.state, certkit.fresh(visit).state) == (ApplicationState.SUBMITTED, VisitState.RECEIVED)
    with pytest.raises(StaleState):
        certificates.hand(visit, [first], by=clerk, now=LATER)


def test_what_was_paid_for_a_mistake_waits_for_an_approver(place, clerk, approver, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    certificates.cancel(CertificateIssue.objects.get(), reason="間違い", by=clerk, now=LATER)
    payment = Payment.objects.get()
    assert (payment.state, payment.expected) == (PaymentState.PAID, 0)
    assert certkit.fresh(visit).state == VisitState.CLOSED


def test_what_was_handed_over_is_not_taken_back(place, clerk, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    issue = CertificateIssue.objects.get()
    certificates.hand(visit, [issue], by=clerk, now=LATER)
    with pytest.raises(StaleState):
        certificates.cancel(issue, reason="間違い", by=clerk, now=LATER)


@pytest.mark.parametrize("columns", [{"state": IssueState.HANDED}, {"state": IssueState.CANCELLED, "over_at": NOW}])
def test_the_database_wants_to_know_who_and_when(place, clerk, resident, one, columns):
    certkit.paid(place, clerk, one, resident=resident)
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateIssue.objects.update(**columns)


# lists, terminal, figures, forgetting


def test_the_list_says_what_waits_and_what_is_owed(place, clerk, resident, both):
    certkit.received(place, clerk, both, resident=resident)
    (row,) = waiting_of(clerk)
    assert (row.owed, len(row.issues), row.name) == (600, 2, resident.full_name)
    assert waiting_of(stranger()) == []
    certificates.cancel(row.issues[0], reason="間違い", by=clerk, now=LATER)
    assert [len(one.issues) for one in (*waiting_of(clerk), *over_on(clerk, DAY))] == [1, 1]
    assert over_on(clerk, DAY + dt.timedelta(days=1)) == []


def test_the_terminal_gets_everything_it_needs(place, clerk, resident, one):
    certkit.paid(place, clerk, one, resident=resident, requester=THIRD)
    said = document(with_content(HandOver.objects.all()).get())["certificate"]
    receipt = Payment.objects.get().receipt_number
    assert said == {
        "state": "waiting",
        "copies": 1,
        "relation": "third",
        "reason": THIRD.reason,
        "subject": THIRD.subject,
        "about": {
            "name": "",
            "kana": "",
            "birth_date": "",
            "address": "",
            "other": THIRD.subject,
            "resident_number": "",
            "is_address_protected": False,
        },
        "came": "",
        "documents": ["driving_licence"],
        "fees": [{"amount": 300, "state": "paid", "method": "cash", "receipt": receipt}],
    }


def test_a_certificate_of_the_long_way_waits_as_well(place, clerk, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident)
    certificates.release(visit, by=clerk)
    visits.to_review(visit, clerk, now=NOW)
    visits.sign(visit, image=None, by=clerk, now=NOW)
    visits.receive(visit, by=clerk, now=NOW)
    assert CertificateIssue.objects.get().state == IssueState.WAITING
    settle(visit, clerk, paid=Paid(PaymentMethod.CASH))
    certificates.hand(visit, list(CertificateIssue.objects.all()), by=clerk, now=LATER)
    # papers of the long way are still to be printed
    assert certkit.fresh(visit).state == VisitState.RECEIVED


def test_figures_show_minutes_per_certificate(place, clerk, handler, resident, both):
    visit = certkit.paid(place, clerk, both, resident=resident)
    certificates.hand(visit, list(CertificateIssue.objects.all()), by=clerk, now=LATER)
    with triggers_off(connection):
        VisitPeriod.objects.filter(visit=visit, phase=VisitPhase.ASK).update(seconds=100)
    found = certificate_figures(span_of(handler, from_day=DAY, until_day=DAY))
    assert (found.visits, found.cases, found.copies, found.per_visit, found.per_certificate) == (1, 2, 2, 100, 50)
    assert [(line.cases, line.issued) for line in found.lines] == [(1, 180), (1, 180)]


def test_words_of_who_asked_are_wiped_with_the_visit(place, clerk, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident)
    certificates.say(visit, THIRD, by=clerk, now=NOW)
    visits.leave(visit, keep=False, by=clerk, now=NOW)
    order = CertificateOrder.objects.get()
    assert (order.relation, order.reason, order.subject) == (Relation.THIRD, "", "")


def test_why_one_was_taken_back_is_wiped_with_the_visit(place, clerk, resident, both):
    visit = certkit.paid(place, clerk, both, resident=resident)
    taken_back, handed = CertificateIssue.objects.order_by("id")
    certificates.cancel(taken_back, reason="高橋さんが電話で取りやめ", by=clerk, now=NOW)
    certificates.hand(visit, [handed], by=clerk, now=NOW)
    visits.wipe(now=NOW + dt.timedelta(days=400))
    assert [one.reason for one in CertificateIssue.objects.order_by("id")] == ["（消去しました）", ""]


def test_copies_without_a_bound_fit_the_column(place, clerk, resident, department):
    unbounded = {key: value for key, value in certkit.COPIES.items() if key != "max"}
    procedure = certkit.make_certificate(department, fields=(certkit.SCOPE, unbounded), fees=[])
    certkit.received(place, clerk, [procedure], resident=resident, values={"p1_copies": "99999"})
    assert CertificateIssue.objects.get().copies == MOST_COPIES


def test_copies_are_counted_in_rows_too():
    rows = [{"id": "a", "certificate_copies": "2"}, {"id": "b", "certificate_copies": "1"}]
    assert (copies_in({"certificates": rows}), copies_in({"copies": "4"}), copies_in({"name": "x"})) == (3, 4, None)


def test_nothing_waits_twice(place, clerk, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    assert issues.await_issue(visit, now=LATER) == []


def test_a_list_that_ends_early_says_so_and_shows_no_visit_in_part(place, clerk, resident, both, monkeypatch):
    for _each in range(2):
        certkit.received(place, clerk, both, resident=resident)
    monkeypatch.setattr("counter.queries.certificates.MOST_LISTED", 3)
    listed = waiting_of(clerk)
    assert ([len(one.issues) for one in listed], listed.has_more) == ([2], True)
    monkeypatch.setattr("counter.queries.certificates.MOST_LISTED", 4)
    listed = waiting_of(clerk)
    assert ([len(one.issues) for one in listed], listed.has_more) == ([2, 2], False)
