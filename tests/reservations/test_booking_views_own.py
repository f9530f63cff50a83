"""What somebody has booked: links, the page, changing, cancelling, waiting."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cityhall import guests
from notices.models import OutgoingMail
from reservations.codes import PURPOSE, secret_of
from reservations.enums import ReservationState as S
from reservations.enums import WaitlistState
from reservations.models import Reservation, WaitlistEntry
from reservations.queries import availability
from reservations.services import bookings, waitlist
from reservations.tasks import mail_link
from reservations.views import links
from tests.reservations import kit
from tests.reservations.bookingkit import GUEST, book, local_clock, shown_messages, url

pytestmark = pytest.mark.django_db
OWN = ("detail", "done", "print", "ics", "edit", "move", "cancel")


@pytest.fixture
def place(municipality):
    return kit.make_place("hall", name="本庁舎")


@pytest.fixture
def group(department):
    return kit.make_group(department)


@pytest.fixture
def service(group, place):
    return kit.make_service(group, place, key="juminhyo", name="住民票の写し", what_to_bring="- 本人確認書類")


@pytest.fixture
def slot(group, place):
    return kit.make_slot(group, place)


@pytest.fixture
def booked(client, slot, service):
    return book(client, slot, service)


def of_resident(resident, service, slot, **fields):
    return kit.make_reservation(service, slot, kit.make_contact(resident=resident), by=resident.user, **fields)


# --- links ------------------------------------------------------------------------------------------


def test_the_link_opens_the_reservation_and_leaves_the_address(booked):
    browser = Client()
    answer = browser.get(url("link_open", booked.public_id, secret_of(booked)), follow=True)
    assert answer.redirect_chain == [(url("reservation_detail", booked.public_id), 302)]
    assert "本人確認書類" in answer.text
    assert secret_of(booked) not in answer.text


def test_a_wrong_link_opens_nothing_and_says_so_however_often(booked, monkeypatch):
    browser = Client()
    monkeypatch.setattr(links, "TRIES_AT_ONE", 2)
    path = url("link_open", booked.public_id, "x" * 27)
    assert [browser.get(path).status_code for _try in range(3)] == [404, 404, 429]
    assert "booking" not in browser.session
    assert browser.get(url("reservation_detail", booked.public_id)).url.startswith("/accounts/login/")
    # who has the right one is not held up
    assert browser.get(url("link_open", booked.public_id, secret_of(booked))).status_code == 302


@pytest.mark.parametrize("name", OWN)
def test_strangers_find_nothing_of_a_reservation(booked, login, another_resident, clerk, name):
    path = url(f"reservation_{name}", booked.public_id)
    assert Client().get(path).url.startswith("/accounts/login/")
    for person in (another_resident, clerk):
        browser = login(person, Client())
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code in {404, 405}
    booked.refresh_from_db()
    assert booked.state == S.BOOKED


def test_another_mail_address_closes_what_the_old_link_opened(client, booked):
    thief = Client()
    thief.get(url("link_open", booked.public_id, secret_of(booked)))
    client.post(url("reservation_edit", booked.public_id), GUEST | {"email": "new@example.jp", "people": "1"})
    assert thief.get(url("reservation_detail", booked.public_id)).status_code == 302
    assert client.get(url("reservation_detail", booked.public_id)).status_code == 200


def test_the_link_is_mailed_again_and_the_page_says_the_same_for_strangers(booked, django_capture_on_commit_callbacks):
    OutgoingMail.objects.all().delete()
    browser = Client()
    answers = [
        browser.post(url("booking_find"), {"number": number, "email": email}).text
        for number, email in ((booked.number, "HANAKO@example.jp"), (booked.number, "thief@example.jp"))
    ]
    assert "メールをご確認ください" in answers[0]
    assert answers[0] == answers[1]
    mail_link(reservation_id=booked.pk)
    mail_link(reservation_id=0)
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["hanako@example.jp"]


@pytest.mark.parametrize("number", ["123", "x", "1234-5678-901"])
def test_a_number_that_cannot_be_one_is_told(client, municipality, number):
    form = client.post(url("booking_find"), {"number": number, "email": "a@example.jp"}).context["form"]
    assert form.errors["number"] == ["予約番号は11桁の数字です。予約の控えをご確認ください。"]


def test_a_shared_computer_forgets(client, booked):
    assert guests.held(client.session, PURPOSE)
    for _press in range(2):
        assert client.post(url("reservation_leave", booked.public_id)).url == url("booking_start")
    assert client.get(url("reservation_detail", booked.public_id)).status_code == 302
    assert not guests.held(client.session, PURPOSE)


# --- the page ---------------------------------------------------------------------------------------


def test_the_page_has_the_code_only_while_it_can_be_used(client, booked):
    assert "<svg" in client.get(url("reservation_detail", booked.public_id)).context["qr"]
    bookings.cancel(reservation=booked)
    page = client.get(url("reservation_detail", booked.public_id))
    assert (page.context["qr"], page.context["may_change"]) == ("", False)
    assert "に取り消されました" in page.text


def test_the_telephone_needs_no_code(client, slot, service):
    service.offers.update(by_phone=True)
    reservation = book(client, slot, service, query="people=1&variant=phone")
    page = client.get(url("reservation_done", reservation.public_id))
    assert page.context["qr"] == ""
    assert "市役所からお電話します" in page.text


def test_the_calendar_file_names_the_visit_and_carries_no_right(client, booked):
    answer = client.get(url("reservation_ics", booked.public_id))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode().replace("\r\n ", "")
    assert f"UID:{booked.public_id}" in text
    assert secret_of(booked) not in text


def test_my_list_shows_what_comes_what_waits_and_what_is_over(client, login, resident, service, group, place):
    slots = kit.make_slots(group, place, 3)
    first, second = of_resident(resident, service, slots[1]), of_resident(resident, service, slots[0])
    gone = of_resident(resident, service, slots[2])
    bookings.cancel(reservation=gone)
    kit.make_reservation(service, kit.make_slot(group, place, kit.at(kit.next_week(9), 9)))
    entry = join(group, place, service, contact=kit.make_contact(resident=resident))
    login(resident)
    context = client.get(url("my_reservations")).context
    assert [row.pk for row in context["coming"]] == [second.pk, first.pk]
    assert [row.pk for row in context["over"]] == [gone.pk]
    assert list(context["waiting"]) == [entry]
    assert "これからの予約" in client.get(reverse("portal:my_page")).text


@pytest.mark.parametrize("number", [1, 3])
def test_my_list_costs_the_same(client, login, resident, service, group, place, number, django_assert_num_queries):
    for slot in kit.make_slots(group, place, number):
        of_resident(resident, service, slot)
    login(resident)
    client.get(url("my_reservations"))
    with django_assert_num_queries(10):
        client.get(url("my_reservations"))


# --- changing ---------------------------------------------------------------------------------------


def test_another_time_is_one_press_and_keeps_number_and_code(client, booked, service, group, place):
    another = kit.make_slot(group, place, kit.at(kit.next_week(8), 10))
    availability.forget()
    months = client.get(url("reservation_move", booked.public_id) + f"?month={another.business_day:%Y-%m}")
    assert {cell.date: cell.href for cell in months.context["month"].cells}[another.business_day]
    path = url("reservation_move_day", booked.public_id, another.business_day.isoformat())
    answer = client.post(path, {"time": local_clock(another)}, follow=True)
    assert shown_messages(answer.text) == ["予約の日時を変更しました。予約番号とQRコードは変わりません。"]
    row = Reservation.objects.get(pk=booked.pk)
    assert (row.starts_at, row.number, row.checkin_lookup) == (another.starts_at, booked.number, booked.checkin_lookup)
    kit.assert_counts_agree()


def test_a_time_that_is_gone_loses_nothing(client, booked, service, slot, group, place):
    another = kit.make_slot(group, place, kit.at(kit.next_week(8), 10))
    kit.make_reservation(service, another)
    path = url("reservation_move_day", booked.public_id, another.business_day.isoformat())
    answer = client.post(path, {"time": local_clock(another)}, follow=True)
    assert shown_messages(answer.text)[0].startswith("選んだ時間は、ほかの方の予約で埋まりました。")
    booked.refresh_from_db()
    assert (booked.state, booked.starts_at) == (S.BOOKED, slot.starts_at)
    kit.assert_counts_agree()


def test_a_made_up_day_or_time_moves_nothing(client, booked, slot):
    answer = client.get(url("reservation_move_day", booked.public_id, "2026-99-99"), follow=True)
    assert shown_messages(answer.text) == ["日にちが正しくありません。カレンダーから選んでください。"]
    path = url("reservation_move_day", booked.public_id, slot.business_day.isoformat())
    assert shown_messages(client.post(path, {"time": "03:33"}, follow=True).text)
    booked.refresh_from_db()
    assert booked.starts_at == slot.starts_at


def test_details_change_and_a_mail_tells(client, booked):
    OutgoingMail.objects.all().delete()
    page = client.get(url("reservation_edit", booked.public_id)).context["form"]
    assert page["phone"].value() == "090-1111-2222"
    client.post(url("reservation_edit", booked.public_id), GUEST | {"people": "3", "note": "ベビーカー"})
    booked.refresh_from_db()
    assert (booked.people, booked.note, booked.number is not None) == (3, "ベビーカー", True)
    assert OutgoingMail.objects.count() == 1


def test_a_group_too_large_is_told_when_changing(client, booked):
    answer = client.post(url("reservation_edit", booked.public_id), GUEST | {"people": "99"})
    assert answer.context["form"].errors["people"] == [
        "一度に予約できるのは6人までです。それより多いときは、窓口へお電話ください。"
    ]


def test_cancelling_asks_once_and_twice_is_told(client, booked):
    path = url("reservation_cancel", booked.public_id)
    assert client.get(path).status_code == 200
    booked.refresh_from_db()
    assert booked.state == S.BOOKED
    assert shown_messages(client.post(path, follow=True).text) == ["予約を取り消しました。"]
    assert shown_messages(client.post(path, follow=True).text) == ["この予約は、すでに取り消されています。"]
    kit.assert_counts_agree()


@pytest.mark.parametrize("name", ["edit", "move", "cancel"])
def test_what_is_over_cannot_be_changed(client, booked, name):
    yesterday = timezone.now() - dt.timedelta(days=1)
    Reservation.objects.filter(pk=booked.pk).update(
        starts_at=yesterday, ends_at=yesterday + dt.timedelta(minutes=20), business_day=timezone.localdate(yesterday)
    )
    for send in (client.get, client.post):
        answer = send(url(f"reservation_{name}", booked.public_id))
        assert answer.status_code == 405 or answer.url == url("reservation_detail", booked.public_id)
    booked.refresh_from_db()
    assert booked.state == S.BOOKED


def test_who_must_move_is_asked_to_on_the_page(client, booked):
    Reservation.objects.update(must_move_since=timezone.now())
    page = client.get(url("reservation_detail", booked.public_id)).text
    assert "日時の変更をお願いします" in page
    assert url("reservation_move", booked.public_id) in page


# --- waiting ----------------------------------------------------------------------------------------


def join(group, place, service, **fields):
    values = {
        "group": group,
        "place": place,
        "service": service,
        "from_day": kit.next_week(1),
        "until_day": kit.next_week(20),
        "contact": kit.make_contact(),
        "request_key": timezone.now().isoformat(),
    }
    return waitlist.join(**values | fields)


def join_page(client, service, **values):
    days = {"from_day": kit.next_week(1).isoformat(), "until_day": kit.next_week(20).isoformat(), "request_key": "w1"}
    return client.post(url("booking_waiting", service.key, "hall") + "?people=2", GUEST | days | values)


def test_joining_twice_waits_once_and_leaving_is_one_press(client, service, slot):
    first, second = join_page(client, service), join_page(client, service)
    entry = WaitlistEntry.objects.get()
    assert first.url == second.url == url("waiting_detail", entry.public_id)
    assert (entry.people, entry.name, entry.email) == (2, "山田 花子", "hanako@example.jp")
    client.post(url("waiting_leave", entry.public_id))
    entry.refresh_from_db()
    assert entry.state == WaitlistState.LEFT
    assert "キャンセル待ちをやめました" in client.get(url("waiting_detail", entry.public_id)).text


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"until_day": "2020-01-01"}, "until_day", "終わりの日は、始まりの日か、それより後の日にしてください。"),
        ({"from_day": ""}, "from_day", "日にちを入力してください。"),
        ({"from_day": "x"}, "from_day", "日にちの形が正しくありません。"),
        ({"until_day": "9000-01-01"}, "until_day", "予約を受け付けている期間の日にちを入力してください。"),
    ],
)
def test_wrong_days_are_told(client, service, slot, values, field, sentence):
    assert join_page(client, service, **values).context["form"].errors[field] == [sentence]


def test_an_offer_is_taken_once_and_opens_the_booking(client, service, slot, group, place):
    taken = kit.make_reservation(service, slot)
    join_page(client, service)
    bookings.cancel(reservation=taken)
    entry = WaitlistEntry.objects.get()
    assert entry.state == WaitlistState.OFFERED
    page = client.get(url("waiting_detail", entry.public_id)).text
    assert "空きが出ました" in page
    first, second = (client.post(url("waiting_accept", entry.public_id)) for _press in range(2))
    booked = Reservation.objects.get(state=S.BOOKED)
    assert first.url == second.url == url("reservation_done", booked.public_id)
    kit.assert_counts_agree()


def test_an_offer_that_is_over_is_told(client, service, slot):
    taken = kit.make_reservation(service, slot)
    join_page(client, service)
    bookings.cancel(reservation=taken)
    WaitlistEntry.objects.update(offer_until=timezone.now() - dt.timedelta(minutes=1))
    entry = WaitlistEntry.objects.get()
    answer = client.post(url("waiting_accept", entry.public_id), follow=True)
    assert shown_messages(answer.text)[-1].startswith("ご案内の期限が過ぎたため、次の方にご案内しました。")
    assert not Reservation.objects.filter(state=S.BOOKED).exists()


def test_strangers_answer_no_offer(client, service, slot, login, another_resident):
    join_page(client, service)
    entry = WaitlistEntry.objects.get()
    for name in ("waiting_detail", "waiting_accept", "waiting_leave"):
        assert login(another_resident, Client()).post(url(name, entry.public_id)).status_code in {404, 405}
        assert Client().post(url(name, entry.public_id)).status_code == 302
    entry.refresh_from_db()
    assert entry.state == WaitlistState.WAITING
