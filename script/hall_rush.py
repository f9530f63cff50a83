"""The rush of `check_reservations`: two hundred browsers press for the last places of one slot at the same moment."""

import datetime as dt
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import demo_servers
import hall_supply
import jpholiday
from browser import Browser, Page
from walk import Walk, today

CLIENTS, PLACES = 200, 7
SATURDAY = 5
SENTENCE = "ほかの方の予約で埋まりました"


@dataclass
class Rush:
    """Who got a place."""

    day: dt.date
    addresses: list[str]


def press_together(walk: Walk) -> Rush:
    """As many as there are places book; all others read why not; bookings and mails are the same set."""
    days = (today() + dt.timedelta(days=number) for number in range(3, 15))
    # the city hall is closed on the others
    day = next(one for one in days if one.weekday() < SATURDAY and not jpholiday.is_holiday(one))
    hall_supply.set_slot(walk, "hokennenkin", "hall", f"{day.isoformat()}T1000", places=PLACES)
    address = f"/reserve/kokuho/at/hall/{day.isoformat()}/?people=1&variant=on_site"
    with ThreadPoolExecutor(CLIENTS) as pool:
        opened = list(pool.map(lambda _number: _open(walk.origin, address), range(CLIENTS)))
        value = _value_of(opened[0][1], "10:00")
        walk.say(f"{CLIENTS}のブラウザーが {day:%m月%d日} 10:00 の画面を開いた。残りは{PLACES}人分")
        gate, started = threading.Barrier(CLIENTS), time.monotonic()
        answers = list(pool.map(lambda one: _press(one, value, gate), opened))
        seconds = time.monotonic() - started
        winners = [(browser, page) for browser, page in answers if page.status == 200 and "/held/" in page.url]
        losers = [page for _browser, page in answers if page.status == 200 and SENTENCE in page.text]
        if (len(winners), len(losers)) != (PLACES, CLIENTS - PLACES):
            others = {(page.status, page.url) for _browser, page in answers} - {(200, page.url) for page in losers}
            raise AssertionError(f"{len(winners)} got a place, {len(losers)} read the sentence: {others}")
        walk.say(f"同時に押した（{seconds:.1f}秒）: {PLACES}人が取れ、{len(losers)}人に「{SENTENCE}」と表示された")
        booked = dict(pool.map(_finish, range(PLACES), winners))
    _compare(walk, day, booked)
    return Rush(day, list(booked))


def _open(origin: str, address: str) -> tuple[Browser, Page]:
    browser = Browser(origin)
    return browser, browser.get(address)


def _value_of(page: Page, clock: str) -> str:
    """What the button of a time sends."""
    for button in page.tree.xpath("//button[@name='time']"):
        if clock in button.text_content():
            return str(button.get("value"))
    raise LookupError(f"no button for {clock} on {page.url}")


def _press(one: tuple[Browser, Page], value: str, gate: threading.Barrier) -> tuple[Browser, Page]:
    browser, page = one
    gate.wait()
    return browser, browser.submit(page, press=f"time={value}")


def _finish(number: int, one: tuple[Browser, Page]) -> tuple[str, str]:
    """Address and number of somebody who holds the time."""
    browser, page = one
    email = f"rush{number}@example.net"
    page = browser.submit(page, {"name": f"早起 {number}", "kana": "ハヤオキ", "email": email})
    page = browser.submit(page)
    found = re.search(r"\d{4}-\d{4}-\d{3}", page.text)
    if page.status != 200 or found is None:
        raise AssertionError(f"{email} was not booked: {page.status} {page.url} {page.text[:300]}")
    return email, found[0]


def _compare(walk: Walk, day: dt.date, booked: dict[str, str]) -> None:
    """What staff see, what was mailed and what people were told is the same."""
    for email, number in booked.items():
        walk.mails.wait_for(email, number)
    mailed = {}
    for mail in walk.mails.mails:
        if "rush" in str(mail["To"]):
            mailed[str(mail["To"])] = re.findall(r"\d{4}-\d{4}-\d{3}", demo_servers.text_of(mail))[0]
    page = hall_supply.office(walk)
    page.goto(f"/staff/reservations/?place=hall&group=hokennenkin&day={day.isoformat()}")
    seen = {cell for cell in page.locator("tbody td.nowrap").all_inner_texts() if re.search(r"\d{4}-", cell)}
    walk.picture(page, "staff-day-after-rush")
    if not (mailed == booked and seen == set(booked.values())):
        raise AssertionError(f"booked {booked}, mailed {mailed}, on the list {seen}")
    walk.say(f"予約の一覧に{len(seen)}件、メールも同じ{len(mailed)}件。メールのない予約も、予約のないメールもない")
