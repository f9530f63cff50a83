"""What a family sees, from the page of the corner to what it sent; and that nobody else does."""

import datetime as dt
import re

import pytest
from django.test import Client

from cityhall.days import today
from cityhall.templatetags.ui import reference
from counter.bereavement.enums import BereavementState
from counter.models import Bereavement
from counter.services.bereavements.defaults import GUIDANCE
from reservations.models import Reservation
from reservations.services import bookings
from tests.applications.casekit import text_of
from tests.applications.guidekit import date_of
from tests.counter.bereavementkit import DIED_ON, make_corner, told
from tests.reservations import bookingkit, kit

pytestmark = pytest.mark.django_db
START = "/bereavement/"
NAME = {
    "q-deceased_name.family": "田中",
    "q-deceased_name.given": "茂",
    "q-deceased_name.family_kana": "タナカ",
    "q-deceased_name.given_kana": "シゲル",
}


@pytest.fixture
def corner(municipality, department):
    return make_corner(department)[0]


def booked(client, corner):
    """Through the booking pages as a guest; the address the last button leads to."""
    place = corner.service.offers.get().place
    slot = kit.make_slot(corner.service.group, place, kit.at(kit.next_week(), 10), minutes=60)
    reservation = bookingkit.held(client, slot, corner.service)
    bookingkit.give_contact(client, reservation)
    answer = bookingkit.press_book(client, reservation)
    assert answer.status_code == 307
    return Reservation.objects.get(), answer.url


def test_the_page_of_the_corner_says_what_to_bring_and_where_to_book(client, corner):
    corner.service.what_to_bring = "- 通帳"
    corner.service.save()
    page = text_of(client.get(START))
    assert page.count("お悔やみ申し上げます") == 1
    assert all(word in page for word in ("通帳", f"/reserve/{corner.service.key}/", "/guide/bereavement/", "委任状"))


def test_the_result_of_its_guide_leads_to_the_corner(client, corner):
    client.post("/guide/bereavement/1/", date_of("died_on", DIED_ON) | {"q-care": "yes", "action": "next"})
    page = text_of(client.get("/guide/bereavement/result/"))
    assert START in page


def test_a_booking_goes_on_to_the_questions_and_brings_the_answers_of_the_guide(client, corner):
    client.post("/guide/bereavement/1/", date_of("died_on", DIED_ON) | {"q-care": "yes", "action": "next"})
    reservation, address = booked(client, corner)
    for _press in range(2):
        assert client.post(address).url == f"{address}questions/1/"
    row = Bereavement.objects.get()
    assert (row.reservation, row.values["care"]) == (reservation, "yes")
    page = client.post(f"{address}questions/1/", NAME | {"action": "next"})
    assert page.url == f"{address}questions/2/"
    client.post(f"{address}questions/4/", {"q-visitor_relation": "child", "action": "next"})
    check = client.get(f"{address}check/")
    assert all(word in text_of(check) for word in ("田中", "子・子の配偶者", "介護保険"))
    refused = client.post(f"{address}check/")
    assert refused.status_code == 422
    assert "同意にチェックを入れてください" in text_of(refused)
    assert client.post(f"{address}check/", {"agree": "on"}).url == address
    row.refresh_from_db()
    assert row.state == BereavementState.SENT
    assert "受け取っています" in text_of(client.get(address))


def test_the_first_question_says_that_it_is_booked(client, corner):
    reservation, address = booked(client, corner)
    number = reference(reservation.number)
    page = text_of(client.get(client.post(address).url))
    assert all(word in page for word in ("予約できました", reservation.place.name, number))
    assert "予約できました" not in text_of(client.get(f"{address}questions/2/"))
    assert number in text_of(client.get(address))


def test_the_page_of_the_corner_does_not_lead_to_itself(client, corner):
    corner.service.description = GUIDANCE
    corner.service.save()
    assert "おくやみコーナーのご案内" not in text_of(client.get(START))


def test_what_is_missing_is_named_and_what_was_typed_stays(client, corner):
    _reservation, address = booked(client, corner)
    client.post(address)
    page = client.post(f"{address}questions/1/", {"q-deceased_name.family": "田中", "action": "next"})
    assert page.status_code == 422
    assert 'value="田中"' in text_of(page)
    assert "エラー" in text_of(page)
    assert Bereavement.objects.get().values["deceased_name"]["family"] == "田中"
    assert client.get(f"{address}questions/1/?check=1").status_code == 200
    later = client.post(f"{address}questions/1/", {"q-deceased_name.family": "田中", "action": "later"})
    assert later.url == f"{address}questions/2/"
    refused = client.post(f"{address}check/", {"agree": "on"})
    assert refused.status_code == 422
    for shown in (text_of(refused), text_of(client.get(f"{address}check/"))):
        must = shown.split("送る前に、次の項目にお答えください")[1].split("</section>")[0]
        assert must.count("?check=1#") == 3
        assert f"{address}questions/4/?check=1#" in must
    assert "窓口に来る方の続柄は、お答えください" in text_of(refused)


def test_days_to_come_are_refused_where_they_are_typed_and_named_before_it_is_sent(client, corner):
    _reservation, address = booked(client, corner)
    client.post(address)
    coming = today() + dt.timedelta(days=1)
    born = client.post(f"{address}questions/1/", NAME | date_of("deceased_birth", coming) | {"action": "next"})
    assert [one.key for one in born.context["problems"]] == ["deceased_birth"]
    client.post(f"{address}questions/1/", NAME | date_of("deceased_birth", dt.date(1940, 5, 6)) | {"action": "next"})
    died = client.post(f"{address}questions/2/", date_of("died_on", coming) | {"action": "next"})
    assert (died.status_code, died.context["problems"][0].key) == (422, "died_on")
    assert died.context["problems"][0].message in text_of(died).split("<form")[0]
    client.post(f"{address}questions/2/", date_of("died_on", coming) | {"action": "later"})
    row = Bereavement.objects.get()
    row.values["visitor_relation"] = "child"
    row.save()
    refused = client.post(f"{address}check/", {"agree": "on"})
    assert refused.status_code == 422
    assert refused.context["error"] == "「亡くなった日」を直してください。下の一覧から、そのページを開けます。"
    assert [one.key for one, _url in refused.context["needed"]] == ["died_on"]


def test_a_stranger_finds_nothing(client, corner, login, resident, clerk):
    _reservation, address = booked(client, corner)
    client.post(address)
    for browser in (Client(), login(resident, Client()), login(clerk, Client())):
        for part in ("", "questions/1/", "check/"):
            assert browser.get(address + part).status_code == 404
        assert browser.post(address).status_code == 404
        assert browser.post(f"{address}withdraw/").status_code == 404


def test_a_booking_of_something_else_has_no_questions(client, corner):
    other = kit.make_service(corner.service.group, corner.service.offers.get().place)
    slot = kit.make_slot(other.group, corner.service.offers.get().place, kit.at(kit.next_week(), 11))
    reservation = bookingkit.book(client, slot, other)
    assert client.get(f"/bereavement/booked/{reservation.public_id}/").status_code == 404


def test_the_family_of_an_account_finds_its_booking_and_takes_its_answers_back(client, corner, login, resident):
    row = told(corner)
    Reservation.objects.filter(pk=row.reservation_id).update(resident=resident)
    login(resident)
    address = f"/bereavement/booked/{row.reservation.public_id}/"
    assert address in text_of(client.get(START))
    assert client.post(f"{address}withdraw/").url == address
    row.refresh_from_db()
    assert (row.state, row.answers) == (BereavementState.WITHDRAWN, {})
    assert "もう一度答える" in text_of(client.get(address))
    assert client.post(address).url == f"{address}questions/1/"


def test_nothing_is_answered_after_the_booking_is_cancelled(client, corner):
    reservation, address = booked(client, corner)
    client.post(address)
    bookings.cancel(reservation=reservation)
    assert client.post(f"{address}questions/1/", NAME | {"action": "next"}).url == address
    assert Bereavement.objects.get().values == {}
    assert "取り消されています" in text_of(client.get(address))


def test_no_address_names_who_died(client, corner):
    _reservation, address = booked(client, corner)
    client.post(address)
    answer = client.post(f"{address}questions/1/", NAME | {"action": "next"})
    assert not re.search("田中|%E7", answer.url)
