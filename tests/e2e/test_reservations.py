"""Booking in a real browser on a phone: without scripts, by keyboard, and when somebody else is faster."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from reservations.enums import ReservationState as S
from reservations.models import Reservation, Service, Slot
from reservations.queries import availability
from tests.e2e import filing
from tests.e2e.conftest import TABLET, in_worker, stop_clock
from tests.reservations import kit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
START = "/reserve/"


@pytest.fixture
def hall(municipality, department):
    """One service at two places, with two slots at the first."""
    availability.forget()
    place = kit.make_place("hall", name="本庁舎", access="駅から歩いて8分")
    group = kit.make_group(department, name="証明書")
    service = kit.make_service(group, place, key="juminhyo", name="住民票の写し", names={"ja-easy": "じゅうみんひょう"})
    kit.make_offer(service, kit.make_place("branch", name="東支所", position=1))
    kit.make_slots(group, place, 2, kit.at(timezone.localdate() + dt.timedelta(days=1), 9))
    return service


def choose_time(page, clock):
    page.goto(START)
    page.get_by_label("何のために来ますか").fill("じゅうみんひょう")
    filing.press(page, "探す")
    page.get_by_role("link", name="住民票の写し").click()
    filing.press(page, "場所を選ぶ")
    page.get_by_role("link", name="本庁舎").click()
    expect(page.locator(".booking-month").first).to_be_visible()
    day = page.locator(".booking-month__link").first
    if not day.count():
        page.locator("a[rel=next]").click()
    day.click()
    page.get_by_role("button", name=clock).click()
    expect(page.get_by_role("heading", level=1, name="連絡先")).to_be_visible()


def type_contact(page):
    page.get_by_label("お名前").fill("山田 花子")
    page.get_by_label("フリガナ").fill("やまだ はなこ")
    page.get_by_label("メールアドレス").fill("hanako@example.jp")
    filing.press(page, "確認画面へ")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_visitor_books_changes_and_cancels(open_browser, hall, javascript, axe):
    page = open_browser(javascript=javascript)
    choose_time(page, "9:00")
    if javascript:
        expect(page.locator("[data-held-clock]")).to_contain_text("あと")
    type_contact(page)
    expect(page.get_by_role("heading", level=1, name="予約の確認")).to_be_visible()
    page.get_by_role("button", name="予約する", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1, name="予約しました")).to_be_visible()
    assert filing.NUMBER.search(page.locator(".number-plate").inner_text())
    expect(page.locator(".booking-qr svg")).to_be_visible()
    if javascript:
        axe(page)
    page.get_by_role("link", name="日時を変える").click()
    page.locator(".booking-month__link").first.click()
    page.get_by_role("button", name="9:20").click()
    expect(page.get_by_text("予約の日時を変更しました。")).to_be_visible()
    page.get_by_role("link", name="予約を取り消す").click()
    filing.press(page, "取り消す")
    expect(page.get_by_text("予約を取り消しました。")).to_be_visible()
    [(state, minute)] = in_worker(lambda: list(Reservation.objects.values_list("state", "starts_at__minute")))[0]
    assert (state, minute) == (S.CANCELLED, 20)


def test_what_was_typed_outlives_a_time_that_is_gone(open_browser, hall):
    page = open_browser()
    choose_time(page, "9:00")
    in_worker(lose_the_time)
    type_contact(page)
    filing.press(page, "予約する")
    expect(page.get_by_text("時間の仮押さえが切れました。")).to_be_visible()
    page.get_by_role("button", name="9:20").click()
    expect(page.get_by_label("お名前")).to_have_value("山田 花子")
    filing.press(page, "確認画面へ")
    filing.press(page, "予約する")
    expect(page.get_by_role("heading", level=1, name="予約しました")).to_be_visible()


def lose_the_time():
    """The ten minutes are over, and somebody else books the time."""
    Reservation.objects.update(hold_until=timezone.now() - dt.timedelta(minutes=1))
    held = Reservation.objects.select_related("service").get()
    kit.make_reservation(held.service, held.slots.get().slot)
    availability.forget()


def test_the_keyboard_alone_books_a_day_and_a_time(open_browser, hall):
    page = open_browser()
    page.goto(reverse("reservations:booking_month", args=["juminhyo", "hall"]) + "?people=1")
    if not page.locator(".booking-month__link").count():
        page.locator("a[rel=next]").focus()
        page.keyboard.press("Enter")
    page.locator(".booking-month__link").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("の時間を選ぶ")
    page.locator("button.booking-times__time").first.focus()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("9:20")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="連絡先")).to_be_visible()


def test_the_calendar_follows_while_it_is_looked_at(open_browser, hall):
    page = open_browser()
    stop_clock(page)
    page.goto(reverse("reservations:booking_month", args=["juminhyo", "hall"]) + "?people=1")
    if not page.locator(".booking-month__link").count():
        page.locator("a[rel=next]").click()
    day = page.locator(".booking-month__link").first
    expect(day).to_contain_text("空き")
    in_worker(take_everything)
    page.clock.run_for(61_000)
    expect(day).to_contain_text("満員")
    expect(page.locator("[data-availability-status]")).to_have_text("空きの表示を新しくしました。")


def take_everything():
    service = Service.objects.select_related("group").get()
    for slot in Slot.objects.select_related("group", "place"):
        kit.make_reservation(service, slot)
    availability.forget()


def test_staff_book_for_a_caller_and_find_them_again(open_browser, hall, clerk, resident):
    page = open_browser(clerk, size=TABLET)
    page.goto(reverse("reservations:staff_new"))
    page.get_by_label("用件", exact=True).select_option("juminhyo")
    page.get_by_label("日", exact=True).fill((timezone.localdate() + dt.timedelta(days=1)).isoformat())
    page.get_by_label("住民をさがす").fill("タカハシ")
    filing.press(page, "空きと住民を表示")
    page.get_by_label("9:20").check()
    page.get_by_label("高橋 さくら").check()
    filing.press(page, "予約する")
    expect(page.get_by_role("heading", level=1, name="高橋 さくら")).to_be_visible()
    page.goto(reverse("reservations:staff_day"))
    page.get_by_label("予約番号・カナ").fill("たかはし")
    filing.press(page, "表示する")
    page.get_by_role("link", name="高橋 さくら").click()
    expect(page.locator(".number-plate")).to_be_visible()
