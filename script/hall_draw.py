"""The draw of `check_reservations`: three enter for two places, the worker draws, anybody can check the order."""

import csv
import datetime as dt
import hashlib
import io
import re
import time
from zoneinfo import ZoneInfo

import hall_supply
from cases_desk import message
from playwright.sync_api import Page, expect
from walk import PHONE, Walk, today

SATURDAY = 5
MINUTES = 3
WAIT_SECONDS = 360
NAMES = ("一ノ瀬 はじめ", "二宮 つぎ", "三好 みつ")


def open_draw(walk: Walk) -> str:
    """Staff open a draw for two places next Saturday; the address residents see it at."""
    day = today() + dt.timedelta(days=(SATURDAY - today().weekday() - 1) % 7 + 1)
    hall_supply.set_slot(walk, "kenshin", "center", f"{day.isoformat()}T0900", places=2)
    page, now = hall_supply.office(walk), dt.datetime.now(ZoneInfo("Asia/Tokyo"))
    page.goto("/staff/draws/new/")
    page.locator("[name=group]").select_option(label="集団健診")
    page.locator("[name=place]").select_option(label="市民センター")
    for name, value in (
        ("title", "冬の集団健診"),
        ("text", "胃がん・大腸がんの検診です。"),
        ("from_day", day.isoformat()),
        ("until_day", day.isoformat()),
        ("wishes_from", f"{now:%Y-%m-%dT%H:%M}"),
        ("wishes_until", f"{now + dt.timedelta(minutes=MINUTES):%Y-%m-%dT%H:%M}"),
    ):
        page.locator(f"[name={name}]").fill(value)
    walk.picture(page, "draw-new")
    page.get_by_role("button", name="登録する").click()
    message(page, "抽選を登録しました。")
    address = page.get_by_role("link", name="住民に見えるページを開く").get_attribute("href") or ""
    walk.say(f"担当者: {day:%m月%d日} 9:00 の2人分を抽選にした。種のSHA-256は申込の前から公開されている")
    return address


def enter(walk: Walk, address: str) -> None:
    """Three people wish for the same time."""
    for number, name in enumerate(NAMES):
        page = walk.window(size=PHONE)
        page.goto(address)
        if number == 0:
            walk.picture(page, "draw-public")
        page.get_by_role("link", name="申し込む").click()
        page.locator("[name=choice1]").select_option(index=1)
        page.get_by_label("お名前").fill(name)
        page.get_by_label("フリガナ").fill("チュウセン")
        page.get_by_label("メールアドレス").fill(f"draw{number}@example.net")
        if number == 0:
            walk.picture(page, "draw-enter")
        page.get_by_role("button", name="申し込む").click()
        expect(page.get_by_text("抽選待ち")).to_be_visible()
        walk.mails.wait_for(f"draw{number}@example.net", "受け付けました")
        page.context.close()
    walk.say("3人が同じ時間に申し込み、申込番号のメールが届いた")


def see_result(walk: Walk, address: str) -> None:
    """After the end of the wishes the worker has drawn: two won, one waits; the order is counted again by hand."""
    page = walk.window(size=PHONE)
    _wait_until_drawn(page, address)
    page.locator("summary").last.click()
    walk.picture(page, "draw-drawn")
    facts = {
        row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in page.locator(".facts__row").all()
    }
    if hashlib.sha256(facts["種"].encode()).hexdigest() != facts["種のSHA-256"]:
        raise AssertionError("the seed is not the one that was sealed")
    content = page.request.get(f"{address}results.csv").body().decode("utf-8-sig")
    results = list(csv.reader(io.StringIO(content)))[1:]
    numbers = [re.sub(r"\D", "", next(cell for cell in row if re.fullmatch(r"[\d-]{11,}", cell))) for row in results]
    if numbers != sorted(numbers, key=lambda one: hashlib.sha256(f"{facts['種']}:{one}".encode()).hexdigest()):
        raise AssertionError(f"the published order is another than the seed's: {results}")
    won, lost = content.count("当選"), content.count("落選")
    if (won, lost) != (2, 1):
        raise AssertionError(f"{won} won, {lost} lost")
    told = [_told(walk, f"draw{number}@example.net") for number in range(len(NAMES))]
    if sorted(told) != ["予約", "予約", "落選"]:
        raise AssertionError(f"the mails say {told}")
    walk.say("ワーカーが抽選した: 当選2人・落選1人。公開された種から順番を数え直しても同じ。3人にメールが届いた")


def _wait_until_drawn(page: Page, address: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    page.goto(address)
    while page.get_by_role("heading", name="結果", exact=True).count() == 0:
        if time.monotonic() > deadline:
            raise TimeoutError("the worker did not draw")
        time.sleep(5)
        page.reload()


def _told(walk: Walk, address: str) -> str:
    """Whether the second mail of somebody brings a booking."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        subjects = [str(mail["Subject"]) for mail in walk.mails.mails if address in str(mail["To"])]
        if any("予約を受け付けました" in one for one in subjects):
            return "予約"
        if any("抽選の結果" in one for one in subjects):
            return "落選"
        time.sleep(1)
    raise TimeoutError(f"{address} was not told")
