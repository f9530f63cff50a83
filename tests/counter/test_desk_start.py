"""The list of visits and the ways in which one begins, as a clerk meets them."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import Role
from cityhall.models import AuditEvent
from counter import codes
from counter.enums import VisitState
from counter.models import Prefill, PrefillScan, Visit
from counter.services import visits
from reservations.codes import checkin_lookup
from reservations.enums import ReservationState, TicketState
from reservations.models import Reservation
from reservations.services import desks
from tests import factories
from tests.counter.deskkit import identified, make_place, procedures_of, start, stranger
from tests.counter.kit import VALUES, keep
from tests.reservations import kit, queuekit

pytestmark = pytest.mark.django_db
LIST, START, CODE, FIND = (f"/staff/visits/{rest}" for rest in ("", "start/", "start/code/", "find/"))
BROUGHT = "事前入力あり"


@pytest.fixture(autouse=True)
def _own_count():
    cache.clear()


@pytest.fixture
def place(department):
    return make_place(department)


@pytest.fixture
def desk(municipality, place, clerk, login):
    """The browser of the clerk."""
    return login(clerk)


@pytest.fixture
def code(municipality, department):
    now = timezone.now()
    _prefill, token = keep(procedures=procedures_of(department), now=now)
    return codes.full_code(municipality.code, token), codes.spoken_code(token)


def text_of(response):
    return response.content.decode()


def test_list_shows_who_is_served_first_and_what_they_are_at(desk, place, clerk, handler):
    now = timezone.now()
    done = start(place, clerk, "done", now=now)
    visits.leave(done, keep=False, by=clerk, now=now)
    paused = start(place, clerk, "paused", now=now)
    visits.leave(paused, keep=True, by=clerk, now=now)
    served = identified(start(place, handler, "served", now=now), handler, factories.make_resident(), now=now)
    response = desk.get(LIST)
    text = text_of(response)
    assert [row.visit for row in response.context["rows"]] == [served, paused, done]
    assert all(word in text for word in ("高橋 さくら", "中断中", "聞き取り", "引き継ぐ", "続ける", "（消去しました）"))
    assert response["Cache-Control"] == "no-store"
    event = AuditEvent.objects.filter(target_type="visit", detail="list").get()
    assert set(event.object_ids) == {done.public_id, paused.public_id, served.public_id}


def test_list_names_who_has_no_record_as_they_said_it(desk, place, clerk, department):
    """Typed at the desk, read from the card, or said when the visit was booked."""
    typed = identified(start(place, clerk, "typed", now=timezone.now()), clerk, now=timezone.now())
    Visit.objects.filter(pk=typed.pk).update(values={"applicant_name": {"family": "マリア", "given": "サントス"}})
    carded = start(place, clerk, "card", now=timezone.now())
    Visit.objects.filter(pk=carded.pk).update(card={"name": "鈴木　一郎", "nonce": "n"})
    service = kit.make_service(kit.make_group(department), place)
    reservation = queuekit.make_checked_in(place, service, timezone.now(), name="予約 花子", phone="+819012340000")
    desk.post(START, {"request_key": "booked", "reservation": reservation.public_id})
    booked = Visit.objects.get(reservation=reservation)
    unknown = start(place, clerk, "unknown", now=timezone.now())
    rows = {row.visit.pk: row.name for row in desk.get(LIST).context["rows"]}
    told = [rows[one.pk] for one in (typed, carded, booked, unknown)]
    assert told == ["マリア　サントス", "鈴木　一郎", "予約 花子", ""]
    page = text_of(desk.get(f"/staff/visits/{typed.public_id}/procedures/"))
    assert ("マリア　サントス" in page, "お名前は未確認" in page) == (True, False)


def test_list_costs_the_same_for_one_and_three(desk, place, clerk, django_assert_max_num_queries):
    for key in ("a", "b", "c"):
        identified(start(place, clerk, key, now=timezone.now()), clerk, factories.make_resident(), now=timezone.now())
        with django_assert_max_num_queries(30) as caught:
            desk.get(LIST)
        counts = len(caught.captured_queries)
        if key == "a":
            first = counts
    assert counts == first


def test_visits_of_other_places_and_days_are_not_listed(desk, place, clerk):
    other = stranger()
    start(make_place(factories.make_department()), other, now=timezone.now())
    start(place, clerk, now=timezone.now() - timezone.timedelta(days=2))
    assert desk.get(LIST).context["rows"] == []


def test_scanned_code_leads_to_the_page_of_identity(desk, code):
    response = desk.post(CODE, {"code": code[0], "request_key": "a"}, follow=True)
    visit = Visit.objects.get()
    assert response.redirect_chain[-1][0] == f"/staff/visits/{visit.public_id}/identify/"
    assert (visit.values, visit.state) == (VALUES, VisitState.OPEN)


def test_same_code_again_is_the_same_visit(desk, code):
    urls = {desk.post(CODE, {"code": text, "request_key": key}).url for text, key in zip(code, "ab", strict=True)}
    assert (len(urls), Visit.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "QRコードを読み取るか、10桁の数字を入力してください。"),
        ("12345", "あと5桁足りません。"),
        ("1234567891", "10桁の数字のどれかが違います。"),
        ("FY1132993" + "A" * 23, "（あと3文字）"),
        ("FY1132993" + "1" * 26, "コードを読み取れません。"),
        ("FY1999999" + "A" * 26, "これはほかの自治体で作られたQRコードです。"),
        ("FY1{city}" + "A" * 26, "このコードの事前入力は見つかりません。"),
    ],
)
def test_refused_code_says_why_and_stays(desk, municipality, typed, sentence):
    typed = typed.replace("{city}", municipality.code)
    response = desk.post(CODE, {"code": typed, "request_key": "a"})
    text = text_of(response)
    assert sentence in text
    assert f'value="{typed}"' in text
    assert Visit.objects.count() == 0
    assert "エラー：" in text


def test_too_many_wrong_digits_rest_a_while(desk, clerk):
    for _time in range(6):
        response = desk.post(CODE, {"code": codes.spoken_code(codes.new_token()), "request_key": "a"})
    assert "15分間は入力できません" in text_of(response)
    assert PrefillScan.objects.filter(by=clerk).count() == 6


def test_nothing_known_begins_once_a_tap(desk, clerk, place):
    for _tap in range(2):
        response = desk.post(START, {"request_key": "tap"})
    visit = Visit.objects.get()
    assert (response.url, visit.place, visit.clerk) == (f"/staff/visits/{visit.public_id}/identify/", place, clerk)


def test_resident_found_by_number_begins(desk, clerk):
    resident = factories.make_resident()
    found = desk.post(FIND, {"text": "タカハシ"})
    assert "高橋 さくら" in text_of(found)
    event = AuditEvent.objects.filter(action="search").get()
    assert (event.object_ids, "タカハシ" in str(vars(event))) == ([resident.public_id], False)
    desk.post(START, {"request_key": "a", "resident": resident.public_id})
    assert Visit.objects.get().resident == resident


def test_empty_search_says_so(desk):
    response = desk.post(FIND, {"text": ""})
    assert (response.status_code, "住民番号、氏名、生年月日などを入力してください。" in text_of(response)) == (
        422,
        True,
    )


def test_reservation_begins_one_visit_at_two_desks(desk, department, place, login, handler, client):
    group = kit.make_group(department)
    service = kit.make_service(group, place)
    reservation = queuekit.make_checked_in(place, service, timezone.now(), name="予約 花子", phone="+819012340000")
    assert "予約 花子" in text_of(desk.post(FIND, {"text": "090-1234-0000"}))
    desk.post(START, {"request_key": "a", "reservation": reservation.public_id})
    other = type(desk)()
    login(handler, other)
    response = other.post(START, {"request_key": "b", "reservation": reservation.public_id})
    visit = Visit.objects.get()
    assert (response.url, visit.reservation) == (f"/staff/visits/{visit.public_id}/identify/", reservation)


def test_number_at_my_desk_begins_and_goes_on(municipality, department, clerk, login):
    hall = queuekit.make_hall(1, department=department, now=None)
    desks.sign_on(desk=hall.desks[0], by=clerk, replaces=True)
    browser = login(clerk)
    assert "手続をはじめる" not in text_of(browser.get("/desk/"))
    hall.issue_now()
    browser.post("/desk/next/")
    page = text_of(browser.get("/desk/"))
    assert "手続をはじめる" in page
    # one button is the main one while somebody is called
    person = page.split('id="person-heading"')[1].split("</section>")[0]
    assert re.findall(r"button--solid[^>]*>([^<]+)", person) == ["手続をはじめる"]
    ticket = browser.get(LIST).context["ticket"]
    for _tap in range(2):
        browser.post(START, {"request_key": "x", "ticket": ticket.public_id})
    visit = Visit.objects.get()
    assert (visit.ticket, visit.place, visit.ticket.state) == (ticket, hall.place, TicketState.SERVING)
    assert "手続を続ける" in text_of(browser.get("/desk/"))
    assert browser.get(LIST).context["ticket"] is None
    assert ticket.label in text_of(browser.get(f"/staff/visits/{visit.public_id}/identify/"))


def test_code_of_who_was_called_belongs_to_the_number(municipality, department, clerk, login, code):
    hall = queuekit.make_hall(1, department=department, now=None)
    desks.sign_on(desk=hall.desks[0], by=clerk, replaces=True)
    browser = login(clerk)
    hall.issue_now()
    browser.post("/desk/next/")
    browser.post(CODE, {"code": code[0], "request_key": "a", "place": hall.place.key})
    visit = Visit.objects.get()
    assert (visit.ticket is not None, visit.values) == (True, VALUES)


def test_desk_sees_that_who_was_called_brings_answers(municipality, department, clerk, login, code):
    """On every page the visit of the number can begin on, and on the first one of the visit."""
    hall = queuekit.make_hall(1, department=department, now=None)
    desks.sign_on(desk=hall.desks[0], by=clerk, replaces=True)
    browser = login(clerk)
    hall.issue_now()
    browser.post("/desk/next/")
    pages = (LIST, "/staff/certificates/", "/desk/")
    assert [BROUGHT in text_of(browser.get(page)) for page in pages] == [False, False, False]
    ticket = browser.get(LIST).context["ticket"]
    Prefill.objects.update(ticket=ticket)
    assert [BROUGHT in text_of(browser.get(page)) for page in pages] == [True, True, True]
    address = browser.post(START, {"request_key": "x", "ticket": ticket.public_id}).url
    page = browser.get(address)
    assert (page.context["brings"], BROUGHT in text_of(page)) == (True, True)
    assert '<details class="disclosure" open>' in text_of(page)
    browser.post(f"{address}code/", {"code": code[0], "revision": "0"})
    assert (Visit.objects.get().values, BROUGHT in text_of(browser.get(address))) == (VALUES, False)


def test_bookings_that_are_found_say_that_answers_are_brought(desk, booked, code):
    assert BROUGHT not in text_of(desk.post(FIND, {"text": "090-1234-0000"}))
    row, own_code = booked
    Prefill.objects.update(reservation=row)
    assert BROUGHT in text_of(desk.post(FIND, {"text": "090-1234-0000"}))
    # the code of the booking begins the visit, and the page asks for the other one
    response = desk.post(CODE, {"code": own_code, "request_key": "a"}, follow=True)
    assert BROUGHT in text_of(response)
    # shown once more there, it is told from the other one
    address = response.redirect_chain[-1][0]
    again = desk.post(f"{address}code/", {"code": own_code, "revision": "0"})
    assert (again.status_code, "これは予約のQRコードです。" in text_of(again)) == (422, True)
    assert PrefillScan.objects.count() == 0
    Prefill.objects.update(expires_at=timezone.now())
    assert BROUGHT not in text_of(desk.get(address))


@pytest.fixture
def booked(department, place):
    """A reservation of today, with the code in its own QR."""
    service = kit.make_service(kit.make_group(department), place)
    code = "FY1132993" + codes.new_token()
    fields = {"checkin_lookup": checkin_lookup(code), "phone": "+819012340000"}
    row = queuekit.make_checked_in(place, service, timezone.now(), **fields)
    return row, code


def test_own_code_of_a_reservation_begins_with_it(desk, booked):
    row, code = booked
    for key in "ab":
        response = desk.post(CODE, {"code": code, "request_key": key})
    visit = Visit.objects.get()
    assert (response.url, visit.reservation) == (f"/staff/visits/{visit.public_id}/identify/", row)
    assert PrefillScan.objects.count() == 0


@pytest.mark.parametrize("fields", [{"state": ReservationState.CANCELLED}, {"business_day": "2026-01-05"}, {}])
def test_code_of_a_reservation_that_is_not_for_here_and_now_is_refused(desk, booked, login, department, fields):
    row, code = booked
    Reservation.objects.filter(pk=row.pk).update(**fields)
    if not fields:
        # of somebody else's reservations nobody learns anything
        department = factories.make_department()
        make_place(department)
    other = type(desk)()
    login(factories.make_staff(role=Role.CLERK, department=department), other)
    text = text_of(other.post(CODE, {"code": code, "request_key": "a"}))
    assert "予約のQRコードです。この窓口で今日受け付ける予約ではありません。" in text
    assert row.name not in text
    # no prefill is looked for
    assert (Visit.objects.count(), PrefillScan.objects.count()) == (0, 0)


@pytest.mark.parametrize("part", ["ticket", "reservation", "resident"])
def test_what_nobody_may_see_is_not_found(desk, part):
    assert desk.post(START, {"request_key": "a", part: "2" * 22}).status_code == 404
    assert Visit.objects.count() == 0


def test_strangers_find_no_visit(desk, place, clerk, login):
    visit = start(place, clerk, now=timezone.now())
    other = type(desk)()
    login(stranger(), other)
    for name in ("visit", "visit_identify", "visit_procedures", "visit_leave", "visit_closed"):
        assert other.get(reverse(f"counter:{name}", args=[visit.public_id])).status_code == 404
    assert other.post(reverse("counter:visit_take_over", args=[visit.public_id])).status_code == 404


@pytest.mark.parametrize("who", ["contract_clerk", "handler", "approver"])
def test_everybody_who_serves_may_begin(who, request, municipality, department, login):
    make_place(department)
    response = login(request.getfixturevalue(who)).post(START, {"request_key": "a"}, follow=True)
    assert "本人確認" in text_of(response)


@pytest.mark.parametrize("who", ["administrator", "auditor", "resident"])
def test_others_find_nothing(who, request, municipality, login):
    assert login(request.getfixturevalue(who)).get(LIST).status_code == 404


def test_somebody_without_a_place_is_told(municipality, clerk, login):
    browser = login(clerk)
    assert "担当する場所がまだありません" in text_of(browser.get(LIST))
    assert "担当する場所がない" in text_of(browser.post(START, {"request_key": "a"}, follow=True))


def test_two_places_of_the_list_say_what_each_is_for(desk, department, place):
    make_place(department)
    text = desk.get("/staff/visits/").content.decode()
    assert [text.count(f">{label}<") for label in ("コードを読み取る場所", "コードがない方を受け付ける場所")] == [1, 1]
