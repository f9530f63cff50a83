"""Bookings of `check_reservations`: a guest on a phone, the change by the mail's link, the telephone."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import demo_servers
from cases_desk import message
from playwright.sync_api import Page, expect
from walk import PHONE, TABLET, Walk, today

CLERK = "clerk@city.example.jp"
GUEST, CALLER = "佐倉 みどり", "川辺 太郎"
ADDRESS = "midori@example.net"


@dataclass
class Visit:
    """A booking of today: its number, and the picture of its QR code."""

    number: str
    code: Path | None = None


def book_as_guest(walk: Walk) -> Visit:
    """From a word to the number, on a phone without an account."""
    page = walk.window(size=PHONE)
    page.goto("/reserve/")
    page.get_by_label("何のために来ますか").fill("ひっこし")
    page.get_by_role("button", name="探す").click()
    page.locator(".booking-list__link", has_text="転入").click()
    walk.picture(page, "booking-service")
    page.get_by_role("button", name="場所を選ぶ").click()
    page.locator(".booking-place", has_text="本庁舎").get_by_role("link").first.click()
    walk.picture(page, "booking-month")
    page.locator(f"[data-day='{today().isoformat()}'] a").click()
    walk.picture(page, "booking-times")
    page.locator("button.booking-times__time").last.click()
    _fill(page)
    walk.picture(page, "booking-contact")
    page.get_by_role("button", name="確認画面へ").click()
    walk.picture(page, "booking-check")
    page.get_by_role("button", name="予約する").click()
    expect(page.get_by_role("heading", name="予約しました")).to_be_visible()
    visit = Visit(page.locator(".number-plate__value").inner_text(), walk.folder / "qr.png")
    page.locator(".booking-qr svg").screenshot(path=visit.code)
    walk.picture(page, "booking-done")
    walk.say(f"住民（スマートフォン、登録なし）: 転入の届出を予約した。予約番号 {visit.number}")
    _keep_calendar(walk, page, visit)
    walk.mails.wait_for(ADDRESS, visit.number)
    walk.say("予約のメールが届いた")
    return visit


def _fill(page: Page) -> None:
    for label, value in (("お名前", GUEST), ("フリガナ", "さくら みどり"), ("メールアドレス", ADDRESS)):
        page.get_by_label(label).fill(value)
    page.get_by_label("窓口に伝えたいこと").fill("ベビーカーで行きます。")


def _keep_calendar(walk: Walk, page: Page, visit: Visit) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="カレンダーに入れる").click()
    path = walk.folder / "visit.ics"
    download.value.save_as(path)
    text = path.read_bytes().decode().replace("\r\n ", "")
    starts = re.search(r"DTSTART:(\d{8}T\d{6})Z", text)
    if starts is None or visit.number not in text:
        raise AssertionError(f"the calendar file lacks the start or the number: {text}")
    start = dt.datetime.strptime(starts[1], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
    if start.astimezone(ZoneInfo("Asia/Tokyo")).date() != today():
        raise AssertionError(f"the calendar file says {start}")
    walk.say("カレンダーのファイル（ICS）に日時と予約番号が入っている")


def change_by_mail(walk: Walk, visit: Visit) -> None:
    """Another browser: the mail's link opens the booking; the first time of today is taken instead."""
    mail = walk.mails.wait_for(ADDRESS, visit.number)
    link = re.search(r"http\S+/r/\S+", demo_servers.text_of(mail))
    if link is None:
        raise AssertionError("the mail has no link")
    page, before = walk.window(size=PHONE), len(walk.mails.mails)
    page.goto(link[0])
    walk.picture(page, "booking-by-link")
    page.get_by_role("link", name="日時を変える").click()
    page.locator(f"[data-day='{today().isoformat()}'] a").click()
    walk.picture(page, "booking-move")
    page.locator("button.booking-times__time").first.click()
    message(page, "変更")
    expect(page.locator("main").get_by_text(visit.number).first).to_be_visible()
    walk.picture(page, "booking-moved")
    walk.mails.wait_for(ADDRESS, "変更しました", after=before)
    when = page.locator("main .facts__row", has_text="日時").first.locator("dd").inner_text()
    walk.say(f"住民: メールのリンクから日時を変えた（{when}）。番号は同じまま、変更のメールが届いた")


def book_by_phone(walk: Walk, *, service: str, day: str, name: str = CALLER, staff: str = CLERK) -> Visit:
    """A clerk books for somebody who has a telephone and no address."""
    page = walk.page(staff, size=TABLET)
    page.goto("/staff/reservations/")
    page.locator("main").get_by_role("link", name="電話の予約を入れる").click()
    page.locator("[name=service]").select_option(service)
    page.locator("[name=place]").select_option("hall")
    page.locator("[name=day]").fill(day)
    page.get_by_role("button", name="空きと住民を表示").click()
    page.locator("input[name=time]").first.check()
    page.locator("input[name=who][value=typed]").check()
    for field, value in (("name", name), ("kana", "カワベ タロウ"), ("phone", "0428-00-9876")):
        page.locator(f"[name={field}]").fill(value)
    walk.picture(page, f"staff-telephone-{service}")
    page.get_by_role("button", name="予約する").click()
    message(page, "予約番号をお伝えください。")
    visit = Visit(page.locator(".number-plate__value").inner_text())
    walk.picture(page, f"staff-booked-{service}")
    walk.say(f"職員: 電話の{name}さんの予約を入れた。予約番号 {visit.number}")
    return visit
