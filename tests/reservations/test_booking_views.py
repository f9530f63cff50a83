"""Booking on plain pages: holding a time, who comes, the booking itself."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.my_numbers import REFUSED
from notices.models import OutgoingMail
from reservations.enums import ReservationState as S
from reservations.models import Reservation
from reservations.queries import availability
from reservations.views.booking import limits
from tests.reservations import kit
from tests.reservations.bookingkit import book, day_url, give_contact, held, press_book, press_time, shown_messages, url

pytestmark = pytest.mark.django_db
SLOT_GONE = "選んだ時間は、ほかの方の予約で埋まりました。別の時間を選んでください。入力した内容は残っています。"
TOO_OFTEN = "短い時間に何度も操作がありました。しばらく待ってから、もう一度お試しください。"


@pytest.fixture
def place(municipality):
    return kit.make_place("hall", name="本庁舎", access="駅から歩いて8分")


@pytest.fixture
def group(department):
    return kit.make_group(department, name="証明書の窓口")


@pytest.fixture
def service(group, place):
    names = {"ja-easy": "じゅうみんひょう"}
    return kit.make_service(
        group, place, key="juminhyo", name="住民票の写し", names=names, what_to_bring="- 本人確認書類"
    )


@pytest.fixture
def slot(group, place):
    return kit.make_slot(group, place)


# --- holding a time ---------------------------------------------------------------------------------


def test_pressing_a_time_holds_it_and_pressing_twice_holds_it_once(client, service, slot):
    first, second = press_time(client, slot, service), press_time(client, slot, service)
    assert first.url == second.url
    reservation = Reservation.objects.get()
    assert reservation.state == S.HELD
    page = client.get(first.url).text
    assert re.search(r'data-held-seconds="(59\d|60\d)"', page)
    assert "までお取りしています" in page
    kit.assert_counts_agree()


def test_another_time_lets_go_of_the_first(client, service, group, place):
    one, two = kit.make_slots(group, place, 2)
    first = held(client, one, service, key="a")
    second = held(client, two, service, key="b")
    first.refresh_from_db()
    assert (first.state, second.state) == (S.EXPIRED, S.HELD)
    kit.assert_counts_agree()


def test_a_time_somebody_else_took_is_told_and_nothing_is_held(client, service, slot):
    kit.make_reservation(service, slot)
    answer = client.post(day_url(slot, service), {"time": "09:00", "request_key": "k"}, follow=True)
    assert shown_messages(answer.text) == [SLOT_GONE]
    assert not Reservation.objects.filter(state=S.HELD).exists()


@pytest.mark.parametrize("time", ["", "25:00", "09:01", "９:00", "0" * 500])
def test_a_time_that_is_none_holds_nothing(client, service, slot, time):
    answer = client.post(day_url(slot, service), {"time": time, "request_key": "k"}, follow=True)
    assert shown_messages(answer.text) == ["この内容では予約できません。業務・場所・時間・人数を選び直してください。"]
    assert not Reservation.objects.exists()


def test_a_slot_of_the_past_and_one_not_open_yet_are_told_apart(client, service, group, place):
    today = timezone.localdate()
    past = kit.make_slot(group, place, kit.at(today, 0))
    later = kit.make_slot(group, place, kit.at(kit.next_week(), 9), opens_at=timezone.now() + dt.timedelta(days=1))
    told = [
        shown_messages(client.post(day_url(one, service), {"time": clock, "request_key": "k"}, follow=True).text)
        for one, clock in ((past, "00:00"), (later, "09:00"))
    ]
    assert told == [
        ["この予約の手続きができる時間を過ぎました。お急ぎのときは、窓口へお電話ください。"],
        ["この日の予約は、まだ始まっていません。開始の日時を確かめて、もう一度お試しください。"],
    ]


def test_nul_in_the_time_or_the_key_is_refused(client, service, slot):
    for data in ({"time": "09:00", "request_key": "a\0b"}, {"time": "09\0:00", "request_key": "k"}):
        answer = client.post(day_url(slot, service), data)
        assert answer.status_code in {302, 400}
    assert not Reservation.objects.exists()


def test_staff_book_on_their_own_pages(client, login, clerk, service, slot):
    login(clerk)
    assert press_time(client, slot, service).status_code == 404
    assert not Reservation.objects.exists()


def test_who_holds_too_often_is_told_to_wait(client, service, group, place):
    slots = kit.make_slots(group, place, limits.HOLDS_OF_BROWSER + 1)
    client.get(day_url(slots[0], service))
    for number, slot in enumerate(slots[:-1]):
        assert press_time(client, slot, service, key=str(number)).status_code == 302
    answer = client.post(day_url(slots[-1], service), {"time": "15:40", "request_key": "last"}, follow=True)
    assert shown_messages(answer.text) == [TOO_OFTEN]
    kit.assert_counts_agree()


# --- who comes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": ""}, "name", "お名前を入力してください。"),
        ({"kana": "山田"}, "kana", "カタカナで入力してください。ひらがなでも入力できます。例: タカハシ"),
        ({"email": "x@"}, "email", "メールアドレスの形が正しくありません。「@」の前後をご確認ください。"),
        ({"email": "", "phone": ""}, "email", "メールアドレスか電話番号の、どちらかを入力してください。"),
        ({"phone": "12"}, "phone", "電話番号を確認してください。例: 090-1234-5678（市外局番から入力してください）"),
        ({"name": "山\0田"}, "name", "何か文字を入力してください。"),
        (
            {"note": "番号は 1234 5678 9018"},
            "note",
            str(REFUSED),
        ),
    ],
)
def test_what_is_typed_wrong_is_said_at_its_field(client, service, slot, values, field, sentence):
    reservation = held(client, slot, service)
    answer = give_contact(client, reservation, **values)
    assert answer.context["form"].errors[field] == [sentence]


def test_long_texts_are_refused_with_a_sentence(client, service, slot):
    answer = give_contact(client, held(client, slot, service), name="あ" * 81, note="い" * 201)
    assert set(answer.context["form"].errors) == {"name", "note"}


def test_the_telephone_and_the_video_call_need_what_they_go_by(client, service, slot, place):
    service.offers.update(by_phone=True, by_video=True)
    by_phone = held(client, slot, service, query="people=1&variant=phone", key="p")
    assert give_contact(client, by_phone, phone="").context["form"].errors["phone"] == ["電話番号を入力してください。"]
    by_video = held(client, slot, service, query="people=1&variant=video", key="v")
    form = give_contact(client, by_video, email="").context["form"]
    assert form.errors["email"] == ["メールアドレスを入力してください。"]
    assert give_contact(client, by_video).status_code == 302


def test_a_resident_types_nothing_that_is_known(client, login, resident, service, slot):
    login(resident)
    reservation = held(client, slot, service)
    form = client.get(url("booking_contact", reservation.public_id)).context["form"]
    assert list(form.fields) == ["email", "phone", "note"]
    assert (form["email"].value(), form["phone"].value()) == ("resident@example.jp", "090-1234-5678")
    client.post(
        url("booking_contact", reservation.public_id), {"email": "resident@example.jp", "phone": "", "note": ""}
    )
    press_book(client, reservation)
    reservation.refresh_from_db()
    assert (reservation.state, reservation.resident, reservation.name) == (S.BOOKED, resident, "高橋 さくら")


def test_nobody_opens_what_another_browser_holds(client, service, slot):
    reservation = held(client, slot, service)
    give_contact(client, reservation)
    for name in ("booking_contact", "booking_check"):
        answer = Client().get(url(name, reservation.public_id), follow=True)
        assert answer.redirect_chain == [(url("booking_start"), 302)]
        assert "山田" not in answer.text


# --- booking ----------------------------------------------------------------------------------------


def test_the_whole_way_gives_a_number_and_a_mail_with_the_link(client, service, slot):
    reservation = held(client, slot, service)
    give_contact(client, reservation)
    check = client.get(url("booking_check", reservation.public_id)).text
    assert "山田 花子" in check
    assert "ヤマダ" in check
    answer = client.post(url("booking_check", reservation.public_id), {"revision": reservation.revision}, follow=True)
    reservation.refresh_from_db()
    assert (reservation.state, reservation.phone, reservation.email) == (S.BOOKED, "+819011112222", "hanako@example.jp")
    assert answer.redirect_chain == [(url("reservation_done", reservation.public_id), 302)]
    assert "booking-qr" in answer.text
    mail = OutgoingMail.objects.get()
    assert (mail.to, url("link_open", reservation.public_id, "x").split("/x/")[0] in decrypt(mail.body)) == (
        "hanako@example.jp",
        True,
    )
    kit.assert_counts_agree()


def test_pressing_book_twice_gives_one_booking_and_one_mail(client, service, slot):
    reservation = held(client, slot, service)
    give_contact(client, reservation)
    first, second = press_book(client, reservation), press_book(client, reservation)
    assert first.url == second.url == url("reservation_done", reservation.public_id)
    assert (Reservation.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_a_hold_that_is_over_is_still_booked_while_the_time_is_there(client, service, slot):
    reservation = held(client, slot, service)
    give_contact(client, reservation)
    Reservation.objects.update(hold_until=timezone.now() - dt.timedelta(minutes=1))
    assert "お取りしていた時間が切れました" in client.get(url("booking_check", reservation.public_id)).text
    assert press_book(client, reservation).url == url("reservation_done", reservation.public_id)
    kit.assert_counts_agree()


def test_a_time_that_went_while_somebody_typed_keeps_what_was_typed(client, service, group, place):
    slot, another = kit.make_slots(group, place, 2)
    reservation = held(client, slot, service)
    give_contact(client, reservation, note="車いすで行きます")
    Reservation.objects.update(hold_until=timezone.now() - dt.timedelta(minutes=1))
    kit.make_reservation(service, slot)
    answer = client.post(url("booking_check", reservation.public_id), {"revision": reservation.revision}, follow=True)
    assert shown_messages(answer.text) == [
        "時間の仮押さえが切れました。もう一度、時間を選んでください。入力した内容は残っています。"
    ]
    assert answer.redirect_chain[-1][0].startswith(
        url("booking_day", service.key, "hall", slot.business_day.isoformat())
    )
    again = held(client, another, service, key="again")
    form = client.get(url("booking_contact", again.public_id)).context["form"]
    assert (form["name"].value(), form["note"].value()) == ("山田 花子", "車いすで行きます")
    kit.assert_counts_agree()


def test_what_was_typed_is_stored_encrypted_and_goes_with_the_booking(client, service, slot):
    reservation = held(client, slot, service)
    give_contact(client, reservation)
    assert "hanako" not in str(dict(client.session.items()))
    assert client.session["booking_typed"]
    press_book(client, reservation)
    assert "booking_typed" not in client.session


def test_the_check_page_needs_a_contact_first(client, service, slot):
    reservation = held(client, slot, service)
    for send in (client.get, client.post):
        answer = send(url("booking_check", reservation.public_id))
        assert answer.url == url("booking_contact", reservation.public_id)


def test_one_person_has_only_so_many_and_is_told_so(client, service, group, place):
    group.max_open_per_contact = 1
    group.save()
    one, two = kit.make_slots(group, place, 2)
    book(client, one, service, key="a")
    reservation = held(client, two, service, key="b")
    give_contact(client, reservation, email="hanako+2@example.jp", phone="")
    answer = client.post(url("booking_check", reservation.public_id), {"revision": reservation.revision}, follow=True)
    assert shown_messages(answer.text) == [
        "同じ方が同時に持てる予約の数を超えています。今の予約を変更するか、取り消してください。"
    ]
    assert answer.redirect_chain[-1][0] == url("booking_contact", reservation.public_id)


def test_a_robot_with_fifty_addresses_gets_no_further_than_a_person(client, service, group, place):
    slots = kit.make_slots(group, place, 50, minutes=10)
    service.minutes = 10
    service.save()
    client.get(day_url(slots[0], service))
    booked = 0
    for number, slot in enumerate(slots):
        answer = press_time(client, slot, service, key=str(number))
        if "/reserve/held/" not in answer.url:
            break
        reservation = Reservation.objects.get(public_id=answer.url.split("/")[3])
        give_contact(client, reservation, email=f"robot{number}@example.jp", phone="")
        answer = client.post(
            url("booking_check", reservation.public_id), {"revision": reservation.revision}, follow=True
        )
        if answer.redirect_chain[-1][0] != url("reservation_done", reservation.public_id):
            assert shown_messages(answer.text) == [TOO_OFTEN]
            break
        booked += 1
    assert booked == limits.BOOKINGS_OF_BROWSER
    kit.assert_counts_agree()


def test_an_address_books_no_more_than_its_share_with_ever_new_browsers(service, group, place, monkeypatch):
    monkeypatch.setattr(limits, "BOOKINGS_OF_ADDRESS", 3)
    slots = kit.make_slots(group, place, 4)
    for slot in slots[:3]:
        book(Client(), slot, service, contact={"email": f"{slot.pk}@example.jp", "phone": ""})
    robot = Client()
    reservation = held(robot, slots[3], service)
    give_contact(robot, reservation, email="last@example.jp", phone="")
    answer = robot.post(url("booking_check", reservation.public_id), {"revision": reservation.revision}, follow=True)
    assert shown_messages(answer.text) == [TOO_OFTEN]


# --- the document of the calendar ---------------------------------------------------------------------


def test_the_document_is_small_shared_and_answers_304(client, service, slot):
    path = reverse("availability", args=[service.key, "hall"]) + f"?people=1&month={slot.business_day:%Y-%m}"
    answer = client.get(path)
    assert (answer["Cache-Control"], answer["Content-Type"]) == ("public, max-age=2", "application/json")
    [day] = [day for day in answer.json()["days"] if day["date"] == slot.business_day.isoformat()]
    assert (day["room"], [time["from"] for time in day["times"]]) == ("free", ["09:00"])
    again = client.get(path, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    kit.make_reservation(service, slot)
    availability.forget()
    fresh = client.get(path, headers={"If-None-Match": answer["ETag"]})
    assert (fresh.status_code, fresh["ETag"] != answer["ETag"]) == (200, True)


@pytest.mark.parametrize("path", ["no-such/hall/?people=1", "juminhyo/no-such/?people=1", "juminhyo/hall/?people=99"])
def test_the_document_of_nothing_is_not_there(client, service, path):
    answer = client.get(f"/api/ui/availability/{path}")
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (404, "application/json")
