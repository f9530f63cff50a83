"""From the page of the code to a booking and back, as a browser without scripts goes."""

import datetime as dt
import subprocess

import pytest
from django.test import Client
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.models import Municipality
from counter import codes
from counter.models import Prefill
from counter.services import prefills
from notices.models import OutgoingMail
from reservations.enums import ReservationState
from reservations.models import Reservation
from reservations.services import bookings
from tests.applications.casekit import text_of
from tests.counter.homekit import begin, make_forms, token_of, url
from tests.reservations import bookingkit, kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality):
    return kit.make_place("hall", name="緑野市役所")


@pytest.fixture
def service(place):
    return kit.make_service(kit.make_group(), place, name="子育ての窓口")


@pytest.fixture
def slot(service, place):
    return kit.make_slot(service.group, place, kit.at(kit.next_week(), 10), capacity=9)


@pytest.fixture
def begun(client, service):
    procedures = make_forms(2)
    for one in procedures:
        one.visit_service = service
        one.save()
    begin(client, procedures)
    return client


def go(client, group):
    return client.post(url("booking_go"), {"group": group.key})


def book(client, slot, service):
    """Through the booking pages; the answer of the last button."""
    reservation = bookingkit.held(client, slot, service)
    bookingkit.give_contact(client, reservation)
    return bookingkit.press_book(client, reservation)


def send_on(client, answer):
    """What a browser does with a 307: the same once more, with the cookies of the other address."""
    assert answer.status_code == 307
    return client.post(answer.url)


def test_a_booking_made_for_a_prefill_is_brought_to_it(begun, slot, service, place):
    assert url("booking") in text_of(begun.get(url("code")))
    assert go(begun, service.group).url == f"/reserve/{service.key}/"
    answer = send_on(begun, book(begun, slot, service))
    reservation = Reservation.objects.get()
    assert answer.url == url("code")
    prefill = Prefill.objects.get()
    assert (prefill.reservation, prefill.visit_on) == (reservation, slot.business_day)
    code = codes.full_code(Municipality.objects.get().code, token_of(begun))
    assert bookings.check_in(code=code, place=place, now=slot.starts_at) == reservation
    page = text_of(begun.get(url("code")))
    assert f"{slot.business_day.month}月{slot.business_day.day}日" in page
    assert "10:00" in page
    assert "緑野市役所" in page


def test_pressing_twice_leads_to_the_same_page(begun, slot, service):
    go(begun, service.group)
    reservation = bookingkit.held(begun, slot, service)
    bookingkit.give_contact(begun, reservation)
    answers = [send_on(begun, bookingkit.press_book(begun, reservation)).url for _time in range(2)]
    assert answers == [url("code")] * 2
    assert Reservation.objects.get().events.filter(kind="code_attached").count() == 1


def test_a_booking_of_something_else_is_left_alone(begun, slot, service, place):
    other = kit.make_service(kit.make_group(), place)
    go(begun, service.group)
    answer = book(begun, kit.make_slot(other.group, place), other)
    assert answer.url == f"/my/reservations/{Reservation.objects.get().public_id}/done/"
    assert Prefill.objects.get().reservation is None


def test_who_books_without_a_prefill_sees_the_booking_as_ever(client, slot, service):
    assert book(client, slot, service).url == f"/my/reservations/{Reservation.objects.get().public_id}/done/"


def test_a_booking_of_this_browser_is_offered_and_brought(begun, slot, service):
    book(begun, slot, service)
    reservation = Reservation.objects.get()
    attach = url("booking_attach", reservation.public_id)
    assert attach in text_of(begun.get(url("booking")))
    # only a press brings it, looking does not
    assert begun.get(attach).url == url("booking")
    assert Prefill.objects.get().reservation is None
    for _time in range(2):
        assert begun.post(attach).url == url("code")
    assert Prefill.objects.get().reservation == reservation


def test_the_booking_of_a_stranger_does_not_exist(begun, slot, service):
    book(Client(), slot, service)
    reservation = Reservation.objects.get()
    assert begun.post(url("booking_attach", reservation.public_id)).status_code == 404
    assert url("booking_attach", reservation.public_id) not in text_of(begun.get(url("booking")))


def test_taking_it_off_leaves_the_booking(begun, slot, service):
    go(begun, service.group)
    send_on(begun, book(begun, slot, service))
    for _time in range(2):
        assert begun.post(url("booking_detach")).url == url("booking")
    reservation = Reservation.objects.get()
    assert (reservation.state, reservation.brought_lookup) == (ReservationState.BOOKED, None)
    assert Prefill.objects.get().reservation is None


def test_keeping_once_more_keeps_the_day_of_the_booking(begun, slot, service):
    go(begun, service.group)
    send_on(begun, book(begun, slot, service))
    assert begun.post(url("keep"), {}).url == url("code")
    assert Prefill.objects.get().visit_on == slot.business_day


def test_a_booking_after_the_end_of_the_answers_is_told(begun, service, place):
    late = kit.make_slot(service.group, place, kit.at(kit.next_week(40), 10))
    reservation = kit.make_reservation(service, late)
    session = begun.session
    session["shown"] = {f"reservation:{reservation.public_id}": [1, int(timezone.now().timestamp())]}
    session.save()
    begun.post(url("booking_attach", reservation.public_id))
    assert "予約の日より前に消去されます" in text_of(begun.get(url("code")))


def test_a_booking_that_is_taken_is_refused_with_a_reason(begun, slot, service):
    book(begun, slot, service)
    reservation = Reservation.objects.get()
    other = codes.new_token()
    prefills.keep(token=other, procedures=make_forms(1), values={})
    prefills.attach(token=other, reservation=reservation)
    assert begun.post(url("booking_attach", reservation.public_id)).url == url("booking")
    assert "すでに別のもの" in text_of(begun.get(url("booking")))


def test_nothing_is_booked_for_a_trial(client, service):
    begin(client, make_forms(1), practice="1")
    assert Prefill.objects.get().is_practice
    assert client.get(url("booking")).url == url("code")
    assert url("booking") not in text_of(client.get(url("code")))


def test_what_is_over_is_told(begun, slot, service):
    book(begun, slot, service)
    prefills.delete(token=token_of(begun))
    answer = begun.post(url("booking_attach", Reservation.objects.get().public_id))
    assert answer.status_code == 410
    assert Reservation.objects.get().brought_lookup is None


def test_the_session_knows_neither_code_nor_prefill(begun, slot, service):
    go(begun, service.group)
    words = str(dict(begun.session))
    assert token_of(begun) not in words
    assert Prefill.objects.get().public_id not in words


def test_a_note_of_an_hour_ago_counts_no_more(begun, slot, service, monkeypatch):
    go(begun, service.group)
    session = begun.session
    session["prefill_books"][0] -= int(dt.timedelta(hours=2).total_seconds())
    session.save()
    assert book(begun, slot, service).status_code == 302


def words_of(answer, tmp_path):
    pdf = tmp_path / "paper.pdf"
    pdf.write_bytes(answer.content)
    words = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, check=True)
    return words.stdout.decode()


@pytest.mark.parametrize("name", ["sheet", "card"])
def test_paper_names_the_time_of_the_booking_as_it_is_now(begun, slot, service, place, tmp_path, name):
    assert "予約" not in words_of(begun.get(url(name)), tmp_path)
    go(begun, service.group)
    send_on(begun, book(begun, slot, service))
    day = slot.business_day
    assert f"{day.month}月{day.day}日" in words_of(begun.get(url(name)), tmp_path)
    later = kit.make_slot(service.group, place, kit.at(kit.next_week(8), 14), capacity=9)
    bookings.move(reservation=Reservation.objects.get(), slots=[later])
    moved = words_of(begun.get(url(name)), tmp_path)
    assert (f"{later.business_day.month}月{later.business_day.day}日" in moved, "14:00" in moved) == (True, True)
    bookings.cancel(reservation=Reservation.objects.get())
    assert "予約" not in words_of(begun.get(url(name)), tmp_path)


def test_mail_names_time_and_place_and_not_what_for(begun, slot, service):
    go(begun, service.group)
    send_on(begun, book(begun, slot, service))
    begun.post(url("mail"), {"email": "hanako@example.jp"})
    body = decrypt(OutgoingMail.objects.order_by("-id").first().body)
    day = slot.business_day
    assert (f"{day.month}月{day.day}日" in body, "10:00" in body, "緑野市役所" in body) == (True, True, True)
    assert (service.name in body, "手続1号" in body) == (False, False)


TYPED = {
    "q-applicant_name.family": "高橋",
    "q-applicant_name.given": "さくら",
    "q-applicant_name.family_kana": "タカハシ",
    "q-applicant_name.given_kana": "サクラ",
}


def held_for_the_prefill(client, slot, service):
    """The page on which a time that was just held is booked."""
    go(client, service.group)
    client.post(url("page", 1), TYPED | {"action": "save"})
    answer = client.post(bookingkit.day_url(slot, service), {"time": "10:00", "request_key": "k1"})
    return answer.url, Reservation.objects.get()


def test_what_was_typed_at_home_stands_in_the_contact_form_and_nowhere_else(begun, slot, service):
    address, reservation = held_for_the_prefill(begun, slot, service)
    assert address == url("booking_contact", reservation.public_id)
    page = begun.get(address)
    assert page.context["form"].initial["name"] == "高橋 さくら"
    assert page.context["form"].initial["kana"] == "タカハシ サクラ"
    assert page["Cache-Control"].startswith("max-age=0")
    text = text_of(page)
    # booking receives it, as ever
    assert f'action="/reserve/held/{reservation.public_id}/contact/"' in text
    assert "前に入力した連絡先が入っています" in text
    kept = str(dict(begun.session.items()))
    assert "高橋" not in kept
    assert "booking_typed" not in kept


def test_what_was_typed_for_the_booking_goes_before_what_was_typed_at_home(begun, slot, service):
    address, reservation = held_for_the_prefill(begun, slot, service)
    bookingkit.give_contact(begun, reservation)
    page = begun.get(address)
    assert page.context["form"].initial["name"] != "高橋 さくら"
    assert "前に入力した連絡先が入っています" not in text_of(page)


def test_contact_page_without_a_prefill_or_a_time_is_that_of_booking(begun, slot, service):
    address, reservation = held_for_the_prefill(begun, slot, service)
    begun.cookies.pop("prefill")
    assert begun.get(address).url == f"/reserve/held/{reservation.public_id}/contact/"
    stranger = Client()
    assert stranger.get(address).url == f"/reserve/held/{reservation.public_id}/contact/"
    begin(stranger, [one.procedure for one in Prefill.objects.get().procedures.all()])
    assert stranger.get(address).url == "/reserve/"


def test_who_books_without_a_prefill_goes_on_at_booking(client, slot, service):
    answer = client.post(bookingkit.day_url(slot, service), {"time": "10:00", "request_key": "k1"})
    assert answer.url == f"/reserve/held/{Reservation.objects.get().public_id}/contact/"
