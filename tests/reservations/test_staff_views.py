"""The staff's pages: the day, finding, booking at the telephone, arriving, and what is nobody else's."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from cityhall.enums import Role
from cityhall.models import AuditEvent
from reservations.enums import ReservationState as S
from reservations.enums import WaitlistState
from reservations.models import Reservation, ReservationEvent, WaitlistEntry
from reservations.services import bookings, waitlist
from tests import factories
from tests.reservations import kit
from tests.reservations.bookingkit import GUEST, local_clock, shown_messages, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality):
    return kit.make_place("hall", name="本庁舎")


@pytest.fixture
def group(department):
    return kit.make_group(department, key="shomei")


@pytest.fixture
def service(group, place):
    return kit.make_service(group, place, key="juminhyo", name="住民票の写し")


@pytest.fixture
def slot(group, place):
    return kit.make_slot(group, place, public_capacity=1, capacity=2)


@pytest.fixture
def booked(service, slot):
    return kit.make_reservation(service, slot, kit.make_contact(name="山田 花子", kana="ヤマダ ハナコ"))


@pytest.fixture
def desk(client, login, clerk):
    return login(clerk)


def rows_of(client, query=""):
    return [row.pk for row in client.get(url("staff_day") + query).context["rows"]]


def today_slot(group, place, minutes_ago=5):
    starts_at = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=minutes_ago)
    return kit.make_slot(group, place, starts_at, minutes=60)


def arrived_today(service, group, place):
    """A booking that began some minutes ago; staff may make it up to its start."""
    slot = today_slot(group, place)
    return kit.make_reservation(service, slot, now=slot.starts_at - dt.timedelta(minutes=1))


# --- who sees what ----------------------------------------------------------------------------------

ONE = ("reservation", "move", "edit", "cancel")
STEPS = ("arrive", "move", "edit", "cancel", "no_show", "finish")


@pytest.fixture
def strangers(departments):
    """Staff of another department, in every role that serves people."""
    roles = (Role.CLERK, Role.CONTRACT_CLERK, Role.HANDLER, Role.APPROVER)
    return [factories.make_staff(role=role, department=departments["kaigo"]) for role in roles]


def test_staff_of_other_departments_find_nothing_and_change_nothing(booked, login, strangers):
    for person in strangers:
        browser = login(person, Client())
        assert rows_of(browser, f"?day={booked.business_day}") == []
        assert rows_of(browser, f"?q={booked.number}") == []
        for name in ONE:
            assert browser.get(url(f"staff_{name}", booked.public_id)).status_code == 404
        for name in STEPS:
            assert browser.post(url(f"staff_{name}", booked.public_id), {"whose": "citys"}).status_code == 404
    booked.refresh_from_db()
    assert (booked.state, booked.revision) == (S.BOOKED, 1)


def test_auditors_read_and_change_nothing(booked, login, auditor):
    browser = login(auditor, Client())
    assert browser.get(url("staff_reservation", booked.public_id)).status_code == 200
    for name in STEPS:
        assert browser.post(url(f"staff_{name}", booked.public_id)).status_code == 404


def test_a_hold_is_nobodys_reservation_yet(desk, service, slot):
    held = kit.hold(service, slot)
    assert rows_of(desk, f"?day={slot.business_day}") == []
    assert desk.get(url("staff_reservation", held.public_id)).status_code == 404


# --- the day ----------------------------------------------------------------------------------------


def test_the_day_stands_in_the_order_of_time_for_one_place_and_group(desk, service, group, place, booked):
    later = kit.make_reservation(service, kit.make_slot(group, place, kit.at(kit.next_week(), 13)))
    other_group = kit.make_group(group.department, key="other")
    other = kit.make_reservation(
        kit.make_service(other_group, place), kit.make_slot(other_group, place, kit.at(kit.next_week(), 10))
    )
    branch = kit.make_place("branch", position=1)
    kit.make_offer(service, branch)
    away = kit.make_reservation(service, kit.make_slot(group, branch))
    day = booked.business_day
    assert rows_of(desk, f"?day={day}") == [booked.pk, other.pk, later.pk]
    assert rows_of(desk, f"?day={day}&group=shomei") == [booked.pk, later.pk]
    assert rows_of(desk, f"?day={day}&place=branch") == [away.pk]
    assert rows_of(desk, "?day=heute&place=no-such&group=x") == []


@pytest.mark.parametrize("words", ["ヤマダ", "ﾔﾏﾀﾞ", "やまだ", "090-1234-7777", "{number}", "山田", "yamada@example.jp"])
def test_somebody_on_the_telephone_is_found(desk, service, slot, words):
    contact = kit.make_contact(name="山田 花子", kana="ヤマダ ハナコ", phone="+819012347777", email="yamada@example.jp")
    booked = kit.make_reservation(service, slot, contact)
    assert rows_of(desk, "?q=" + words.format(number=booked.number)) == [booked.pk]


@pytest.mark.parametrize("words", ["スズキ", "12345678901", "03-1111-2222", "a\0b", "'; --", "あ" * 200])
def test_words_that_mean_nobody_find_nobody(desk, booked, words):
    answer = desk.get(url("staff_day"), {"q": words})
    assert answer.status_code == 200
    assert booked.pk not in [row.pk for row in answer.context["rows"]]


@pytest.mark.parametrize("number", [1, 3])
def test_the_day_costs_the_same(desk, service, group, place, number, django_assert_num_queries):
    for slot in kit.make_slots(group, place, number):
        kit.make_reservation(service, slot)
    path = url("staff_day") + f"?day={kit.next_week()}"
    desk.get(path)
    with django_assert_num_queries(11):
        desk.get(path)


def test_reading_is_in_the_trail_without_names(desk, clerk, booked):
    desk.get(url("staff_day") + f"?day={booked.business_day}")
    desk.get(url("staff_day") + "?q=ヤマダ")
    desk.get(url("staff_reservation", booked.public_id))
    events = AuditEvent.objects.filter(actor=clerk, target_type="reservation").order_by("id")
    assert [(one.action, one.object_ids, one.target_id) for one in events] == [
        ("list", [booked.public_id], ""),
        ("search", [booked.public_id], ""),
        ("read", [], booked.public_id),
    ]
    assert not [one for one in events if "山田" in str(vars(one)) or "ヤマダ" in str(vars(one))]


# --- booking at the telephone -------------------------------------------------------------------------


def new_path(slot, **more):
    query = {"service": "juminhyo", "place": "hall", "day": slot.business_day.isoformat(), "people": "1", **more}
    return url("staff_new") + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def send_new(desk, slot, *, query=None, **values):
    data = {
        "time": local_clock(slot),
        "who": "typed",
        "name": "山田 花子",
        "kana": "やまだ",
        "phone": "090-1111-2222",
        "channel": "phone",
        "request_key": "t1",
    }
    return desk.post(new_path(slot, **(query or {})), data | values)


def test_staff_see_and_take_what_the_public_may_not(desk, clerk, booked, slot):
    page = desk.get(new_path(slot))
    assert [(time.value, time.free) for time in page.context["visit"].times] == [("09:00", 1)]
    first, second = send_new(desk, slot), send_new(desk, slot)
    row = Reservation.objects.exclude(pk=booked.pk).get()
    assert first.url == second.url == url("staff_reservation", row.public_id)
    assert (row.name, row.kana, row.phone, row.is_public, row.channel, row.booked_by) == (
        *("山田 花子", "ヤマダ", "+819011112222"),
        *(False, "phone", clerk),
    )
    assert AuditEvent.objects.filter(actor=clerk, action="create", target_id=row.public_id).exists()
    gone = send_new(desk, slot, request_key="t2").context["form"]
    assert gone.non_field_errors()[0].startswith("選んだ時間は、ほかの方の予約で埋まりました。")
    assert gone["name"].value() == "山田 花子"
    kit.assert_counts_agree()


def test_a_resident_is_found_and_what_is_on_record_is_used(desk, clerk, resident, slot, service):
    page = desk.get(new_path(slot, q="タカハシ"))
    assert [record for _button, record, _address in page.context["options"]] == [resident, None]
    send_new(desk, slot, query={"q": "タカハシ"}, who=resident.public_id, name="", kana="", phone="")
    row = Reservation.objects.get()
    assert (row.resident, row.name, row.email, row.phone) == (
        *(resident, "高橋 さくら"),
        *("resident@example.jp", "+819012345678"),
    )
    event = AuditEvent.objects.filter(actor=clerk, action="search", target_type="resident").first()
    assert event.object_ids == [resident.public_id]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": ""}, "name", "お名前を入力してください。"),
        ({"kana": ""}, "kana", "フリガナを入力してください。"),
        ({"phone": ""}, "phone", "電話番号かメールアドレスの、どちらかを入力してください。"),
        ({"time": ""}, "time", "時間を選んでください。"),
        ({"time": "09:10"}, "__all__", "この内容では予約できません。業務・場所・時間・人数を選び直してください。"),
        ({"who": ""}, "who", "予約する方を選んでください。"),
    ],
)
def test_what_is_missing_is_told_at_its_field(desk, service, slot, values, field, sentence):
    assert send_new(desk, slot, **values).context["form"].errors[field] == [sentence]
    assert not Reservation.objects.exists()


def test_a_resident_nobody_searched_for_cannot_be_named(desk, service, slot, resident):
    form = send_new(desk, slot, who=resident.public_id).context["form"]
    assert "who" in form.errors
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("query", ["service=no-such", "people=99", "place=x", "day=heute", "also=x"])
def test_an_address_made_by_hand_is_told_what_is_wrong(desk, service, slot, query):
    name, _equals, value = query.partition("=")
    answer = desk.get(new_path(slot, **{name: value}))
    assert (answer.status_code, list(answer.context["visit_form"].errors)) == (200, [name])


def test_services_of_other_departments_are_not_offered(login, strangers, service, slot):
    answer = login(strangers[0], Client()).get(new_path(slot))
    assert "service" in answer.context["visit_form"].errors


# --- steps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["number", "code"])
def test_somebody_is_checked_in_by_number_or_code(desk, clerk, service, group, place, by):
    booked = arrived_today(service, group, place)
    text = booked.number if by == "number" else bookings.code_of(booked)
    answer = desk.post(url("staff_check_in"), {"place": "hall", "code": text}, follow=True)
    booked.refresh_from_db()
    assert booked.state == S.CHECKED_IN
    assert shown_messages(answer.text) == [f"{booked.name}さんの受付をしました。"]
    again = desk.post(url("staff_check_in"), {"place": "hall", "code": text}, follow=True)
    assert shown_messages(again.text) == [f"{booked.name}さんの受付をしました。"]
    assert AuditEvent.objects.filter(actor=clerk, action="state", target_id=booked.public_id).count() == 2


def test_the_wrong_day_the_wrong_place_and_no_number_are_told_apart(desk, booked, service, group, place):
    kit.make_offer(service, kit.make_place("branch"))
    today = arrived_today(service, group, place)
    told = [
        shown_messages(desk.post(url("staff_check_in"), {"place": at, "code": code}, follow=True).text)[0]
        for at, code in (("hall", booked.number), ("branch", today.number), ("hall", "12345"), ("hall", ""))
    ]
    assert told == [
        "この予約は、今日の予約ではありません。予約の日時を確かめてください。",
        "この予約は、別の場所の予約です。予約の場所を確かめてください。",
        "予約が見つかりません。QRコードか予約番号を確かめて、もう一度お試しください。",
        "予約番号を入力するか、QRコードを読み取ってください。",
    ]


def test_who_did_not_come_is_noted_after_the_time_only(desk, booked, service, group, place):
    told = shown_messages(desk.post(url("staff_no_show", booked.public_id), follow=True).text)
    assert told == ["予約の時間の前に、来庁なしにはできません。"]
    late = arrived_today(service, group, place)
    desk.post(url("staff_no_show", late.public_id))
    late.refresh_from_db()
    assert late.state == S.NO_SHOW
    desk.post(url("staff_arrive", late.public_id))
    desk.post(url("staff_finish", late.public_id))
    late.refresh_from_db()
    assert late.state == S.DONE


def test_another_time_for_who_calls(desk, booked, slot, group, place):
    another = kit.make_slot(group, place, kit.at(kit.next_week(8), 10))
    path = url("staff_move", booked.public_id)
    page = desk.get(f"{path}?day={another.business_day}")
    assert page.context["has_room"]
    desk.post(path, {"day": another.business_day.isoformat(), "time": "10:00"})
    booked.refresh_from_db()
    assert booked.starts_at == another.starts_at
    answer = desk.post(path, {"day": "x", "time": "99:99"}, follow=True)
    told = "この内容では予約できません。業務・場所・時間・人数を選び直してください。"
    assert shown_messages(answer.text)[-1] == told
    kit.assert_counts_agree()


def test_details_are_changed_and_cancelled_for_who_calls(desk, clerk, booked):
    desk.post(url("staff_edit", booked.public_id), GUEST | {"people": "2", "note": "車いす"})
    booked.refresh_from_db()
    assert (booked.people, booked.note) == (2, "車いす")
    assert desk.get(url("staff_cancel", booked.public_id)).status_code == 200
    desk.post(url("staff_cancel", booked.public_id), {"whose": "citys", "reason": "停電のため"})
    booked.refresh_from_db()
    assert booked.state == S.CANCELLED
    assert [event.kind for event in booked.events.order_by("id")][-1] == "cancelled_by_city"
    assert booked.events.last().actor == clerk
    told = shown_messages(desk.post(url("staff_cancel", booked.public_id), {"whose": "theirs"}, follow=True).text)
    assert told[-1] == "この予約は、すでに取り消されています。"


# --- lists ------------------------------------------------------------------------------------------


def waiting_for(service, place, **fields):
    values = {
        "group": service.group,
        "place": place,
        "service": service,
        "from_day": kit.next_week(1),
        "until_day": kit.next_week(20),
        "contact": kit.make_contact(),
        "request_key": str(timezone.now()),
    }
    return waitlist.join(**values | fields)


def test_the_waiting_list_stands_in_the_order_of_asking(desk, service, place, slot, login, strangers):
    first, second = waiting_for(service, place), waiting_for(service, place)
    context = desk.get(url("staff_waiting")).context
    assert [row.pk for row in context["rows"]] == [first.pk, second.pk]
    stranger = login(strangers[0], Client())
    assert stranger.get(url("staff_waiting")).context["rows"] == []
    assert stranger.post(url("staff_waiting_act", first.public_id), {"action": "leave"}).status_code == 404


def test_an_offer_by_telephone_is_taken_at_the_desk(client, login, clerk, service, place, slot):
    taken = kit.make_reservation(service, slot)
    entry = waiting_for(service, place, contact=kit.make_contact(email=""))
    bookings.cancel(reservation=taken)
    desk = login(clerk)
    assert [row.pk for row in desk.get(url("staff_to_tell")).context["offers"]] == [entry.pk]
    desk.post(url("staff_waiting_act", entry.public_id), {"action": "accept"})
    assert Reservation.objects.get(state=S.BOOKED).name == entry.name
    assert WaitlistEntry.objects.get().state == WaitlistState.ACCEPTED
    assert desk.get(url("staff_to_tell")).context["offers"] == []


def test_who_has_no_mail_is_called_first(desk, service, group, place, resident):
    slots = kit.make_slots(group, place, 4)
    with_mail = kit.make_reservation(service, slots[0])
    without = kit.make_reservation(service, slots[2], kit.make_contact(email=""))
    reached = kit.make_reservation(service, slots[1], kit.make_contact(email="", resident=resident))
    kit.make_reservation(service, slots[3])
    Reservation.objects.filter(pk__in=[with_mail.pk, without.pk, reached.pk]).update(must_move_since=timezone.now())
    rows = desk.get(url("staff_to_tell")).context["rows"]
    assert [(row.pk, row.has_mail) for row in rows] == [(without.pk, False), (with_mail.pk, True), (reached.pk, True)]


def test_who_was_called_is_ticked_with_who_and_when_and_nobody_calls_twice(desk, login, clerk, service, group, place):
    slots = kit.make_slots(group, place, 2)
    called, other = (kit.make_reservation(service, slot, kit.make_contact(email="")) for slot in slots)
    asked = timezone.now() - dt.timedelta(hours=1)
    Reservation.objects.filter(pk__in=[called.pk, other.pk]).update(must_move_since=asked)
    page = desk.post(url("staff_phoned", called.public_id), follow=True)
    assert shown_messages(page.text) == ["電話で伝えたことを記録しました。"]
    rows = page.context["rows"]
    assert [(row.pk, row.phoned_by) for row in rows] == [(other.pk, None), (called.pk, clerk.name)]
    assert rows[1].phoned_at > asked
    assert "電話済み" in page.text
    page = desk.post(url("staff_phoned", called.public_id), follow=True)
    assert shown_messages(page.text) == ["この方には、すでに電話で伝えてあります。"]
    assert ReservationEvent.objects.filter(reservation=called, kind="phoned", actor=clerk).count() == 1
    assert AuditEvent.objects.filter(detail="phoned", target_id=called.public_id).count() == 1


def test_a_day_that_is_closed_again_asks_for_another_call(desk, service, group, place):
    row = kit.make_reservation(service, kit.make_slot(group, place), kit.make_contact(email=""))
    Reservation.objects.update(must_move_since=timezone.now() - dt.timedelta(hours=1))
    desk.post(url("staff_phoned", row.public_id))
    Reservation.objects.update(must_move_since=timezone.now() + dt.timedelta(seconds=1))
    assert [row.phoned_at for row in desk.get(url("staff_to_tell")).context["rows"]] == [None]


def test_who_has_another_time_needs_no_call_and_a_stranger_ticks_nothing(desk, login, service, group, place):
    row = kit.make_reservation(service, kit.make_slot(group, place), kit.make_contact(email=""))
    page = desk.post(url("staff_phoned", row.public_id), follow=True)
    assert shown_messages(page.text) == ["この方は日時が決まったため、連絡は要らなくなりました。"]
    Reservation.objects.update(must_move_since=timezone.now())
    stranger = login(factories.make_staff(role=Role.CLERK, department=factories.make_department("x", "他課")), Client())
    assert stranger.post(url("staff_phoned", row.public_id)).status_code == 404
    assert not ReservationEvent.objects.filter(kind="phoned").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_lists_cost_the_same(desk, service, group, place, number, django_assert_num_queries):
    for slot in kit.make_slots(group, place, number):
        kit.make_reservation(service, slot)
        waiting_for(service, place)
    Reservation.objects.update(must_move_since=timezone.now())
    for name, queries in (("staff_waiting", 10), ("staff_to_tell", 10)):
        desk.get(url(name))
        with django_assert_num_queries(queries):
            desk.get(url(name))


def test_the_home_page_counts_todays(desk, service, group, place):
    arrived_today(service, group, place)
    context = desk.get("/staff/").context
    assert "きょうの予約" in desk.get("/staff/").text
    assert context is not None
