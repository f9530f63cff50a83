"""The pages of certificates: begun in every way, one page that keeps what was typed, paid, handed over, taken back."""

import re
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.enums import PaymentState, ProcedureState
from applications.models import Application, Payment, Procedure
from applications.services.withdrawal import withdraw
from cityhall.models import AuditEvent
from counter import codes
from counter.enums import IssueState, Relation, VisitState
from counter.keeping import keeping_of
from counter.models import AccountInvitation, CertificateIssue, CertificateOrder, HandOver, Visit
from counter.queries.certificates import JUST_NOW
from counter.services import certificates, hand_overs, visits
from counter.services.certificates import Paid, Requester
from residents.enums import ResidentSource
from tests import factories
from tests.counter import certkit, receivingkit
from tests.counter.deskkit import stranger, today_at
from tests.counter.kit import keep
from tests.reservations.queuekit import make_hall

pytestmark = pytest.mark.django_db
SELF = {"relation": "self"}


@pytest.fixture
def place(municipality, department):
    return certkit.make_place(department)


@pytest.fixture
def both(department):
    return certkit.make_both(department)


@pytest.fixture
def one(both):
    return both[:1]


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


def at(name, visit):
    return reverse(f"counter:{name}", args=[visit.public_id])


def start(desk, **data):
    return desk.post(reverse("counter:visit_start"), {"purpose": "certificates"} | data)


def send(desk, visit, action="next", **data):
    """The page with the questions it shows, from the visit as it is."""
    visit = certkit.fresh(visit)
    page = desk.get(at("certificate", visit))
    on = " ".join(page.context["on_page"]) if page.context else ""
    values = {"revision": visit.revision, "on": on, "action": action, "q-p1_copies": "1"} | SELF
    return desk.post(at("certificate", visit), values | data)


def text_of(response):
    return response.content.decode()


# beginning


def test_a_visit_for_certificates_begins_with_nothing_with_a_resident_and_with_a_number(
    desk, clerk, department, place, resident
):
    response = start(desk, request_key="a")
    visit = Visit.objects.get()
    assert response.url == desk.get(at("visit", visit)).url == at("visit_identify", visit)
    start(desk, request_key="a")
    start(desk, request_key="b", resident=resident.public_id)
    assert [row.resident for row in Visit.objects.order_by("id")] == [None, resident]
    assert CertificateOrder.objects.count() == 2


def test_a_visit_for_certificates_begins_with_the_number_at_the_desk(login, municipality, department):
    hall = make_hall(department=department, now=None)
    ticket = hall.issue_now()
    desk = login(hall.clerks[0])
    page = start(desk, ticket=ticket.public_id)
    visit = Visit.objects.get()
    assert (page.url, visit.ticket_id) == (at("visit_identify", visit), ticket.pk)
    assert CertificateOrder.objects.get().visit == visit


def test_a_code_with_certificates_fills_the_page(desk, clerk, municipality, place, resident, one):
    now = today_at()
    _row, token = keep(procedures=one, values={"p1_scope": "all", "p1_copies": "2"}, now=now)
    text = codes.full_code(municipality.code, token)
    response = desk.post(reverse("counter:visit_start_code"), {"code": text, "purpose": "certificates"})
    visit = Visit.objects.get()
    assert response.url == at("visit_identify", visit)
    visits.identify(visit, documents=["driving_licence"], resident=resident, by=clerk)
    visits.fill_known(visit, clerk)
    page = desk.get(at("certificate", visit))
    assert page.status_code == HTTPStatus.OK
    assert 'value="2"' in text_of(page)
    response = send(desk, visit, **{"q-p1_scope": "all", "q-p1_copies": "2"})
    assert response.url == at("certificate_sign", visit)
    assert certkit.fresh(visit).values["p1_pickup_place"] == "now"


def test_a_code_that_is_no_good_is_refused_on_the_page_it_was_read_on(desk, place):
    response = desk.post(reverse("counter:visit_start_code"), {"code": "12345", "purpose": "certificates"})
    assert AuditEvent.objects.filter(action="read", target_type="certificate_issue", detail="list").count() == 1
    assert response.templates[0].name == "counter/desk/certificates/list.html"
    assert 'value="12345"' in text_of(response)
    assert "あと5桁足りません" in text_of(response)


def test_a_code_with_something_else_is_served_the_long_way(desk, municipality, department, place):
    _row, token = keep(procedures=[receivingkit.make_procedure(department)], now=today_at())
    text = codes.full_code(municipality.code, token)
    desk.post(reverse("counter:visit_start_code"), {"code": text, "purpose": "certificates"})
    assert (Visit.objects.count(), CertificateOrder.objects.count()) == (1, 0)


# the page


def test_identified_leads_to_the_page_and_a_tile_brings_its_questions(desk, clerk, place, resident, both):
    visit = certkit.identified(place, clerk, resident=resident)
    assert desk.get(at("visit", visit)).url == at("certificate", visit)
    page = send(desk, visit, f"add:{both[0].key}")
    assert page.status_code == HTTPStatus.OK
    assert page.context["on_page"] == ["p1_scope", "p1_copies"]
    page = send(desk, visit, f"add:{both[1].key}", **{"q-p1_scope": "all"})
    assert page.context["on_page"] == ["p1_scope", "p1_copies", "p2_purpose", "p2_copies"]
    assert certkit.fresh(visit).values["p1_scope"] == "all"
    page = send(desk, visit, f"drop:{both[0].key}", **{"q-p2_purpose": "登記"})
    assert [tile.is_chosen for tile in page.context["tiles"]] == [False, True]
    assert certkit.fresh(visit).values["p1_purpose"] == "登記"


def test_a_tile_pressed_twice_is_pressed_once(desk, clerk, place, resident, both):
    visit = certkit.identified(place, clerk, resident=resident)
    data = {"revision": visit.revision, "on": "", "action": f"add:{both[0].key}"} | SELF
    for _tap in range(2):
        response = desk.post(at("certificate", visit), data)
    assert response.status_code == HTTPStatus.FOUND
    assert visit.procedures.count() == 1


def test_who_is_not_known_is_asked_for_their_name(desk, clerk, place, one):
    visit = certkit.identified(place, clerk)
    page = send(desk, visit, f"add:{one[0].key}")
    assert page.context["on_page"] == ["applicant_name", "p1_scope", "p1_copies"]


def test_mistakes_are_said_at_their_questions_and_nothing_is_lost(desk, clerk, place, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident, values={"p1_scope": ""})
    page = send(desk, visit, relation="third", reason="債権の回収のため", **{"q-p1_copies": "99"})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert set(page.context["requester"].errors) == {"subject_name"}
    assert {problem.key for problem in page.context["problems"]} == {"p1_scope", "p1_copies"}
    assert "債権の回収のため" in text_of(page)
    assert certkit.fresh(visit).values["p1_copies"] == "99"


def test_a_proxy_without_a_paper_is_told_at_the_papers(desk, clerk, place, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident)
    page = send(desk, visit, relation="proxy", proxy_name="緑野 花子", **{"q-p1_scope": "all"})
    assert set(page.context["requester"].errors) == {"authority"}
    response = send(
        desk, visit, relation="proxy", proxy_name="緑野 花子", authority="letter_of_attorney", **{"q-p1_scope": "all"}
    )
    assert response.url == at("certificate_sign", visit)
    assert CertificateOrder.objects.get().relation == Relation.PROXY


def test_the_slower_of_two_tablets_keeps_what_was_typed(desk, clerk, place, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident)
    old = visit.revision
    send(desk, visit, "refresh", **{"q-p1_scope": "self"})
    data = {"revision": old, "on": "p1_scope p1_copies", "action": "next", "q-p1_scope": "all", "q-p1_copies": "7"}
    page = desk.post(at("certificate", visit), data | SELF)
    assert page.status_code == HTTPStatus.CONFLICT
    assert 'value="7"' in text_of(page)
    assert certkit.fresh(visit).values["p1_scope"] == "self"


def test_a_withdrawn_certificate_is_marked_and_can_be_taken_off(desk, clerk, place, resident, both):
    visit = certkit.asking(place, clerk, both, resident=resident)
    Procedure.objects.filter(pk=both[1].pk).update(state=ProcedureState.CLOSED)
    page = desk.get(at("certificate", visit))
    assert [bool(tile.hindrance) for tile in page.context["tiles"]] == [False, True]
    page = send(desk, visit, **{"q-p1_scope": "all", "q-p2_purpose": "登記", "q-p2_copies": "1"})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert both[1].name in text_of(page)
    send(desk, visit, f"drop:{both[1].key}", **{"q-p1_scope": "all"})
    assert send(desk, visit, **{"q-p1_scope": "all"}).url == at("certificate_sign", visit)


def test_the_protected_are_marked(desk, clerk, place, one):
    resident = factories.make_resident(protected_until="2030-01-01")
    visit = certkit.asking(place, clerk, one, resident=resident)
    assert "支援措置" in text_of(desk.get(at("certificate", visit)))


def test_the_long_way_is_open_at_any_time(desk, clerk, place, resident, one):
    visit = certkit.asking(place, clerk, one, resident=resident)
    desk.post(at("certificate_release", visit), {"revision": visit.revision})
    assert desk.get(at("visit", visit)).url == at("visit_missing", visit)


# signed, paid, handed over


def test_the_person_reads_once_what_several_certificates_share_and_signs(desk, clerk, place, resident, both):
    visit = certkit.asking(place, clerk, both, resident=resident)
    send(desk, visit, **{"q-p1_scope": "all", "q-p2_purpose": "登記", "q-p2_copies": "1"})
    page = text_of(desk.get(at("certificate_sign", visit)))
    assert page.count(resident.given_name) == 1
    assert "600" in page
    empty = desk.post(at("certificate_sign", visit), {"revision": certkit.fresh(visit).revision, "action": "sign"})
    assert "署名がありません" in text_of(empty)
    data = {"revision": certkit.fresh(visit).revision, "action": "sign", "drawing": receivingkit.drawing()}
    assert desk.post(at("certificate_sign", visit), data).url == at("certificate_receive", visit)
    assert desk.get(at("visit", visit)).url == at("certificate_receive", visit)


def test_signature_that_another_tablet_overtakes_is_not_said_to_be_made(
    desk, clerk, place, resident, both, monkeypatch
):
    visit = certkit.asking(place, clerk, both, resident=resident)
    send(desk, visit, **{"q-p1_scope": "all", "q-p2_purpose": "登記", "q-p2_copies": "1"})
    real = visits.sign

    def overtaken(*args, **kwargs):
        visits.back_to_questions(certkit.fresh(visit), clerk)
        return real(*args, **kwargs)

    monkeypatch.setattr(visits, "sign", overtaken)
    data = {"revision": certkit.fresh(visit).revision, "action": "paper"}
    answer = desk.post(at("certificate_sign", visit), data)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "反映していません" in text_of(answer)


def test_one_button_receives_takes_the_money_and_a_second_tap_changes_nothing(desk, clerk, place, resident, both):
    visit = certkit.signed(place, clerk, both, resident=resident)
    data = {"revision": visit.revision, "seen_total": 600, "request_key": "k", "way": "exact"}
    for _tap in range(2):
        assert desk.post(at("certificate_receive", visit), data).url == at("certificate_done", visit)
    assert Application.objects.count() == 2
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.PAID}
    page = text_of(desk.get(at("certificate_done", visit)))
    assert page.count("収納済み") == 2


@pytest.mark.parametrize(
    ("data", "name"),
    [({"way": "cash"}, "tendered"), ({"way": "cash", "tendered": "100"}, "tendered")],
)
def test_wrong_money_is_said_at_the_money(desk, clerk, place, resident, one, data, name):
    visit = certkit.signed(place, clerk, one, resident=resident)
    values = {"revision": visit.revision, "seen_total": 300, "request_key": "k"}
    page = desk.post(at("certificate_receive", visit), values | data)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert set(page.context["till"].errors) == {name}
    assert Application.objects.count() == 0


def test_change_is_shown(desk, clerk, place, resident, one):
    visit = certkit.signed(place, clerk, one, resident=resident)
    data = {"revision": visit.revision, "seen_total": 300, "request_key": "k", "way": "cash", "tendered": "1000"}
    desk.post(at("certificate_receive", visit), data)
    assert desk.get(at("certificate_done", visit)).context["change"] == 700


def test_only_who_may_waive_is_offered_to(login, clerk, handler, place, resident, one):
    visit = certkit.signed(place, clerk, one, resident=resident)
    offered = [login(who).get(at("certificate_receive", visit)).context["may_waive"] for who in (clerk, handler)]
    assert offered == [False, True]


def test_a_waiver_needs_its_reason(login, handler, place, resident, one):
    desk, visit = login(handler), certkit.signed(place, handler, one, resident=resident)
    data = {"revision": visit.revision, "seen_total": 300, "request_key": "k", "way": "later"}
    data |= {"waive": f"{one[0].key}:issue"}
    page = desk.post(at("certificate_receive", visit), data)
    assert set(page.context["till"].errors) == {"waive_reason"}
    desk.post(at("certificate_receive", visit), data | {"waive_reason": "条例第6条"})
    assert Payment.objects.get().state == PaymentState.EXEMPTED


def test_what_is_paid_later_is_paid_before_it_is_handed_over(desk, clerk, place, resident, one):
    visit = certkit.received(place, clerk, one, resident=resident)
    issue = CertificateIssue.objects.get()
    wanted = {"issue": issue.public_id}
    page = desk.post(at("certificate_hand", visit), wanted, follow=True)
    assert "未納" in text_of(page)
    desk.post(at("certificate_pay", visit), {"seen_total": 300, "request_key": "k", "way": "exact"})
    response = desk.post(at("certificate_hand", visit), wanted)
    assert response.url == reverse("counter:certificates")
    assert desk.post(at("certificate_hand", visit), wanted).url == reverse("counter:certificates")
    issue.refresh_from_db()
    assert (issue.state, issue.over_by) == (IssueState.HANDED, clerk)
    assert desk.get(at("certificate_done", visit)).status_code == HTTPStatus.OK


def test_the_list_leads_to_what_waits_and_says_what_is_over(desk, clerk, place, resident, both):
    now = today_at()
    visit = certkit.paid(place, clerk, both, resident=resident, now=now)
    page = text_of(desk.get(reverse("counter:certificates")))
    assert "交付待ち 1人" in page
    first, second = CertificateIssue.objects.all()
    desk.post(at("certificate_hand", visit), {"issue": [first.public_id, second.public_id]})
    page = text_of(desk.get(reverse("counter:certificates")))
    assert "交付待ち 0人" in page
    assert page.count("交付済み") >= 2
    assert AuditEvent.objects.filter(target_type="certificate_issue", detail="list").exists()


@pytest.mark.parametrize("is_typed_in", [True, False])
def test_what_was_typed_into_the_terminal_is_cancelled_there_by_hand(desk, clerk, place, resident, one, is_typed_in):
    visit = certkit.paid(place, clerk, one, resident=resident)
    if is_typed_in:
        hand_overs.settle(HandOver.objects.get(), by=clerk)
    cancel = {"issue": CertificateIssue.objects.get().public_id, "reason": "種類の間違い"}
    page = text_of(desk.post(at("certificate_cancel", visit), cancel, follow=True))
    assert ("端末でも取り消してください" in page) == is_typed_in
    assert ("端末での取り消しは要りません" in page) != is_typed_in


@pytest.mark.parametrize("is_typed_in", [True, False])
def test_a_certificate_withdrawn_on_its_own_page_is_not_handed_over(desk, clerk, place, resident, both, is_typed_in):
    visit = certkit.paid(place, clerk, both, resident=resident)
    first, second = CertificateIssue.objects.order_by("id")
    if is_typed_in:
        hand_overs.settle(HandOver.objects.get(application=first.application), by=clerk)
    withdraw(application=first.application, by=clerk)
    page = text_of(desk.get(at("certificate_done", visit)))
    assert page.count("この申請は取り下げられています") == 1
    assert ("端末でも取り消してください" in page) == is_typed_in
    assert "交付済みにする（1件）" in page
    refused = desk.post(at("certificate_hand", visit), {"issue": first.public_id}, follow=True)
    assert "取り下げられた" in text_of(refused)
    cancel = {"issue": first.public_id, "reason": "窓口に電話がありました"}
    page = text_of(desk.post(at("certificate_cancel", visit), cancel, follow=True))
    # cancelled later than it was withdrawn: still nobody typed it in
    assert ("端末でも取り消してください" in page) == is_typed_in
    first.refresh_from_db()
    assert first.state == IssueState.CANCELLED
    desk.post(at("certificate_hand", visit), {"issue": second.public_id})
    assert certkit.fresh(visit).state == VisitState.CLOSED


def test_a_mistake_is_taken_back_with_its_reason_and_money_is_named(desk, clerk, place, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    issue = CertificateIssue.objects.get()
    page = desk.post(at("certificate_cancel", visit), {"issue": issue.public_id, "reason": " "})
    assert "取り消す理由を入力してください。" in text_of(page)
    page = desk.post(at("certificate_cancel", visit), {"issue": issue.public_id, "reason": "種類の間違い"}, follow=True)
    assert "返金が必要です" in text_of(page)
    issue.refresh_from_db()
    assert (issue.state, issue.reason) == (IssueState.CANCELLED, "種類の間違い")


def test_what_was_cancelled_is_said_to_be_so_with_what_is_given_back(desk, clerk, place, resident, both):
    visit = certkit.received(place, clerk, both, resident=resident, paid=Paid("cash", 1000), total=600)
    page = text_of(desk.get(at("certificate_done", visit)))
    assert "おつり" in page
    first, second = CertificateIssue.objects.all()
    cancel = {"issue": first.public_id, "reason": "種類の間違い"}
    page = desk.post(at("certificate_cancel", visit), cancel, follow=True)
    assert (page.context["refund"], page.context["change"], "交付待ち" in text_of(page)) == (300, 0, True)
    page = desk.post(at("certificate_cancel", visit), cancel | {"issue": second.public_id}, follow=True)
    text = re.sub(r"<[^>]+>", "", text_of(page))
    assert "返金が必要な金額 600円" in text
    assert "証明書は取り消しました" in text
    assert "交付は終わりました" not in text
    assert "おつり" not in text


def test_the_list_and_its_pages_know_of_what_the_tablet_keeps(desk, clerk, place, resident, one):
    listed = text_of(desk.get(reverse("counter:certificates")))
    assert f'data-keep-list data-keep-owner="{keeping_of(clerk).owner}"' in listed
    # a link of that list leads from there to wherever the visit stands
    visit = certkit.signed(place, clerk, one, resident=resident)
    assert desk.get(f"{reverse('counter:certificates')}{visit.public_id}/").url == at("certificate_receive", visit)
    assert "data-visit-keep" in text_of(desk.get(at("certificate_receive", visit)))


def test_strangers_find_nothing(login, clerk, place, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    other = login(stranger())
    issue = CertificateIssue.objects.get()
    for name in ("certificate", "certificate_sign", "certificate_receive", "certificate_done"):
        assert other.get(at(name, visit)).status_code == HTTPStatus.NOT_FOUND
    for name in ("certificate_hand", "certificate_cancel", "certificate_pay", "certificate_release"):
        response = other.post(at(name, visit), {"issue": issue.public_id})
        assert response.status_code == HTTPStatus.NOT_FOUND


def test_a_certificate_of_another_visit_is_not_handed_over(desk, clerk, place, resident, one):
    mine, theirs = (certkit.paid(place, clerk, one, resident=resident) for _each in range(2))
    issue = theirs.certificates.get()
    response = desk.post(at("certificate_hand", mine), {"issue": issue.public_id})
    assert response.status_code == HTTPStatus.NOT_FOUND


def test_trials_hand_nothing_over(desk, clerk, place, resident, one):
    visit = certkit.signed(place, clerk, one, resident=resident)
    Visit.objects.filter(pk=visit.pk).update(is_practice=True)
    data = {"revision": visit.revision, "seen_total": 300, "request_key": "k", "way": "exact"}
    desk.post(at("certificate_receive", visit), data)
    assert certkit.fresh(visit).state == VisitState.RECEIVED
    page = desk.get(at("certificate_done", visit))
    assert page.status_code == HTTPStatus.OK
    assert (CertificateIssue.objects.count(), Payment.objects.count()) == (0, 0)


def test_a_signature_kept_by_the_tablet_is_taken_once_and_refused_when_it_comes_too_late(
    desk, clerk, place, resident, one
):
    visit = certkit.asking(place, clerk, one, resident=resident)
    certificates.to_signature(visit, Requester(Relation.SELF), by=clerk)
    assert "data-visit-post" in text_of(desk.get(at("certificate_sign", visit)))
    sent = {"revision": certkit.fresh(visit).revision, "action": "paper"}
    assert desk.post(at("certificate_sign", visit), sent).url == at("certificate_receive", visit)
    # the answer was lost, it is sent again
    assert desk.post(at("certificate_sign", visit), sent).url == at("certificate_receive", visit)
    visits.back_to_questions(certkit.fresh(visit), clerk)
    assert desk.post(at("certificate_sign", visit), sent).status_code == HTTPStatus.CONFLICT


# the end


def test_who_got_their_certificates_is_invited_and_asked(desk, clerk, place, one):
    person = factories.make_resident(source=ResidentSource.REGISTER)
    visit = certkit.paid(place, clerk, one, resident=person, now=timezone.now())
    turned = at("visit_received", visit) + "?facing=resident"
    page = text_of(desk.get(at("certificate_done", visit)))
    assert (turned in page, at("visit_invite", visit) in page) == (True, True)
    desk.post(at("certificate_hand", visit), {"issue": CertificateIssue.objects.get().public_id})
    assert certkit.fresh(visit).state == VisitState.CLOSED
    page = text_of(desk.get(at("certificate_done", visit)))
    assert (turned in page, at("visit_invite", visit) in page) == (True, True)
    # who does not want it stays on the tablet turned round
    assert turned in text_of(desk.post(at("visit_invite", visit), {}))
    assert at("certificate_done", visit) in text_of(desk.get(at("visit_invitation", visit)))
    assert at("certificate_done", visit) in text_of(desk.get(turned))
    assert desk.post(at("visit_rate", visit), {"score": "9"}).url == turned
    assert (Application.objects.get().is_rated, turned in text_of(desk.get(at("certificate_done", visit)))) == (
        True,
        False,
    )


def test_who_left_long_ago_is_neither_invited_nor_asked(desk, clerk, place, one):
    person = factories.make_resident(source=ResidentSource.REGISTER)
    visit = certkit.paid(place, clerk, one, resident=person, now=timezone.now())
    desk.post(at("certificate_hand", visit), {"issue": CertificateIssue.objects.get().public_id})
    Visit.objects.update(closed_at=timezone.now() - JUST_NOW)
    page = text_of(desk.get(at("certificate_done", visit)))
    assert ("facing=resident" in page, at("visit_invite", visit) in page) == (False, False)
    assert desk.get(at("visit_received", visit) + "?facing=resident").url == at("visit_closed", visit)
    desk.post(at("visit_invite", visit), {})
    assert AccountInvitation.objects.count() == 0


def test_figures_are_for_those_who_lead(login, clerk, handler, place, resident, one):
    certkit.received(place, clerk, one, resident=resident, paid=Paid("cash"), total=300, now=today_at())
    address = reverse("counter:certificate_figures")
    assert login(clerk).get(address).status_code == HTTPStatus.NOT_FOUND
    lead = login(handler)
    assert lead.get(address).context["figures"].cases == 1
    table = b"".join(lead.get(reverse("counter:certificate_figures_csv")))
    assert "住民票の写し,1,1,0," in table.decode("utf-8-sig")


def test_the_case_of_what_was_handed_over_reads_as_completed(login, clerk, handler, place, resident, one):
    visit = certkit.paid(place, clerk, one, resident=resident)
    login(clerk).post(at("certificate_hand", visit), {"issue": CertificateIssue.objects.get().public_id})
    case = Application.objects.get()
    page = login(handler).get(reverse("applications:case_detail", args=[case.public_id]))
    assert page.status_code == HTTPStatus.OK
    assert case.get_state_display() == "完了"
    assert "完了" in text_of(page)
    if resident.user:
        page = login(resident.user).get(reverse("applications:application_detail", args=[case.public_id]))
        assert "完了" in text_of(page)
