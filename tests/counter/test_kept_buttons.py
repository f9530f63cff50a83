"""A tablet that sends what it kept is told what came of it: done, or refused and why; never by a page to be guessed."""

import pytest
from django.urls import reverse

from applications.enums import PaymentState
from applications.models import Application, Payment
from counter.enums import IssueState, VisitState
from counter.models import CertificateIssue
from counter.services import certificates, visits
from counter.services.certificates import Requester
from tests.counter import certkit, receivingkit
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality, department):
    return certkit.make_place(department)


@pytest.fixture
def one(department):
    return certkit.make_both(department)[:1]


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


def at(name, visit):
    return reverse(f"counter:{name}", args=[visit.public_id])


def kept(desk, name, visit, **data):
    """What the tablet hears: outcome and where to go on; and the sentence."""
    values = {"revision": certkit.fresh(visit).revision} | data
    answer = desk.post(at(name, visit), values, headers={"Visit-Kept": "1"})
    assert answer["Content-Type"] == "application/json"
    said = answer.json()
    return (said["outcome"], said["url"]), said["message"]


def test_a_review_that_still_has_marks_is_refused_with_its_reason(desk, place, clerk, department):
    visit = receivingkit.reviewing(place, clerk, [receivingkit.make_procedure(department)])
    path = next(iter(visit.values))
    (outcome, url), _said = kept(desk, "visit_review", visit, action=f"wrong:{path}:1")
    assert (outcome, url.partition("#")[0]) == ("done", at("visit_review", visit))
    (outcome, url), said = kept(desk, "visit_review", visit, action="fine")
    assert (outcome, url) == ("refused", at("visit_review", visit))
    assert "「ちがいます」の印が付いた内容があります" in said
    # said once: it does not stand on the next page, too
    assert said not in desk.get(at("visit_received", visit), follow=True).content.decode()


def test_a_review_of_a_visit_that_went_on_is_refused(desk, place, clerk, department):
    visit = receivingkit.reviewing(place, clerk, [receivingkit.make_procedure(department)])
    visits.back_to_questions(certkit.fresh(visit), clerk)
    (outcome, _url), said = kept(desk, "visit_review", visit, action="fine")
    assert outcome == "refused"
    assert "他の人が先に操作しました" in said


def test_a_page_with_errors_is_no_success(desk, place, clerk, department):
    visit = receivingkit.signed(place, clerk, [receivingkit.make_procedure(department)])
    told, said = kept(desk, "visit_receive", visit)
    assert told == ("refused", "")
    assert "まだどの手続も受け付けていません" in said
    assert Application.objects.count() == 0


def test_received_is_done_also_when_it_is_sent_again(desk, place, clerk, department):
    procedure = receivingkit.make_procedure(department)
    visit = receivingkit.signed(place, clerk, [procedure])
    visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(procedure), now=NOW)
    assert kept(desk, "visit_receive", visit)[0] == ("done", at("visit_received", visit))
    visits.close(certkit.fresh(visit), clerk)
    assert kept(desk, "visit_receive", visit)[0][0] == "done"


def test_everybody_else_is_answered_as_ever(desk, place, clerk, department):
    visit = receivingkit.reviewing(place, clerk, [receivingkit.make_procedure(department)])
    answer = desk.post(at("visit_review", visit), {"revision": visit.revision, "action": "fine"})
    assert answer.url == at("visit_sign", visit)


def test_a_signature_too_late_is_refused_and_the_same_again_is_done(desk, place, clerk, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident)
    certificates.to_signature(visit, Requester("self"), by=clerk)
    sent = {"revision": certkit.fresh(visit).revision, "action": "paper"}
    assert [kept(desk, "certificate_sign", visit, **sent)[0][0] for _time in range(2)] == ["done", "done"]
    visits.back_to_questions(certkit.fresh(visit), clerk)
    (outcome, _url), said = kept(desk, "certificate_sign", visit, **sent)
    assert outcome == "refused"
    assert "反映していません" in said


def test_a_payment_sent_twice_is_taken_once_and_done_both_times(desk, place, clerk, resident, one):
    visit = certkit.signed(place, clerk, one, resident=resident)
    pay = {"revision": visit.revision, "seen_total": 300, "request_key": "k", "way": "exact"}
    for _time in range(2):
        assert kept(desk, "certificate_receive", visit, **pay)[0] == ("done", at("certificate_done", visit))
    assert list(Payment.objects.values_list("state", "tendered")) == [(PaymentState.PAID, 300)]
    certificates.hand(certkit.fresh(visit), list(CertificateIssue.objects.all()), by=clerk)
    assert kept(desk, "certificate_receive", visit, **pay)[0][0] == "done"


def test_money_that_somebody_else_took_meanwhile_is_refused(desk, place, clerk, handler, resident, one):
    visit = certkit.signed(place, clerk, one, resident=resident)
    pay = {"revision": visit.revision, "seen_total": 300, "request_key": "k", "way": "exact"}
    paid = certificates.Paid("card")
    certificates.receive(visit, by=handler, request_key="other", seen_total=300, paid=paid, now=NOW)
    (outcome, _url), said = kept(desk, "certificate_receive", visit, **pay)
    assert outcome == "refused"
    assert "すでに処理されています" in said
    assert Payment.objects.get().method == "card"


def test_fees_waived_twice_are_waived_once_and_done_both_times(login, handler, place, resident, one):
    desk, visit = login(handler), certkit.signed(place, handler, one, resident=resident)
    waive = {"seen_total": 300, "request_key": "k", "way": "later", "waive": f"{one[0].key}:issue"}
    sent = waive | {"waive_reason": "条例第6条", "revision": visit.revision}
    assert [kept(desk, "certificate_receive", visit, **sent)[0][0] for _time in range(2)] == ["done", "done"]
    assert Payment.objects.get().state == PaymentState.EXEMPTED


def test_fees_waived_twice_after_receiving_are_done_both_times(login, handler, place, resident, one):
    desk, visit = login(handler), certkit.received(place, handler, one, resident=resident)
    sent = {"seen_total": 300, "request_key": "k", "way": "later", "waive": f"{one[0].key}:issue"}
    sent |= {"waive_reason": "条例第6条"}
    assert [kept(desk, "certificate_pay", visit, **sent)[0][0] for _time in range(2)] == ["done", "done"]
    assert Payment.objects.get().state == PaymentState.EXEMPTED


@pytest.mark.parametrize(("way", "after"), [("later", "due"), ("exact", "paid")])
@pytest.mark.parametrize("name", ["certificate_receive", "certificate_pay"])
def test_some_fees_waived_twice_are_done_both_times(login, handler, place, department, resident, name, way, after):
    both = certkit.make_both(department)
    made = certkit.signed if name == "certificate_receive" else certkit.received
    desk, visit = login(handler), made(place, handler, both, resident=resident)
    sent = {"seen_total": 600, "request_key": "k", "way": way, "waive": f"{both[0].key}:issue"}
    sent |= {"waive_reason": "条例第6条", "revision": visit.revision}
    assert [kept(desk, name, visit, **sent)[0][0] for _time in range(2)] == ["done", "done"]
    assert sorted(Payment.objects.values_list("state", flat=True)) == sorted([PaymentState.EXEMPTED, after])


def test_what_went_well_before_is_no_reason_of_a_refusal(desk, place, clerk, resident, one):
    visit = certkit.received(place, clerk, one, resident=resident)
    # done, and its page not opened yet
    desk.post(at("certificate_pay", visit), {"seen_total": 300, "request_key": "k", "way": "exact"})
    (outcome, _url), said = kept(desk, "certificate_pay", visit, seen_total=300, request_key="other", way="exact")
    assert outcome == "refused"
    assert "収納を記録しました" not in said
    assert "すでに処理されています" in said


def test_wrong_money_is_refused_with_what_is_wrong(desk, place, clerk, resident, one):
    visit = certkit.received(place, clerk, one, resident=resident)
    pay = {"seen_total": 300, "request_key": "k", "way": "cash"}
    told, said = kept(desk, "certificate_pay", visit, **pay)
    assert told == ("refused", "")
    assert "お預かりの金額を入力してください" in said
    page = desk.post(at("certificate_pay", visit), pay | {"tendered": "100"})
    assert (page.status_code, set(page.context["till"].errors)) == (422, {"tendered"})
    assert 'value="100"' in page.content.decode()
    assert kept(desk, "certificate_pay", visit, **pay | {"way": "exact"})[0][0] == "done"


def test_a_hand_over_is_done_once_and_refused_once_it_is_cancelled(desk, place, clerk, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    issue = CertificateIssue.objects.get()
    told = [kept(desk, "certificate_hand", visit, issue=issue.public_id)[0] for _time in range(2)]
    assert told == [("done", reverse("counter:certificates"))] * 2
    other = certkit.paid(place, clerk, one, resident=resident)
    second = CertificateIssue.objects.get(state=IssueState.WAITING)
    cancel = {"issue": second.public_id, "reason": "種類の間違い"}
    assert [kept(desk, "certificate_cancel", other, **cancel)[0][0] for _time in range(2)] == ["done", "done"]
    (outcome, url), said = kept(desk, "certificate_hand", other, issue=second.public_id)
    assert (outcome, url) == ("refused", at("certificate_done", other))
    assert said
    assert certkit.fresh(other).state == VisitState.CLOSED
