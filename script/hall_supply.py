"""What staff do with the supply in `check_reservations`: late hours, the numbers of one slot, a closed day."""

import datetime as dt
from zoneinfo import ZoneInfo

from cases_desk import message
from playwright.sync_api import Page, expect
from walk import TABLET, Walk, today

EDITOR = "handler2@city.example.jp"
OPENING, CLOSING, END = dt.time(8, 40), dt.time(17), dt.time(23, 50)
STEP = 20


def office(walk: Walk) -> Page:
    """The tablet of who edits the supply of the counters."""
    return walk.page(EDITOR, size=TABLET)


def open_late(walk: Walk) -> None:
    """Hours for tonight, so that the walk finds a city hall that is open at any time of day."""
    page = office(walk)
    page.goto(f"/staff/supply/todokede/hall/days/{today().isoformat()}/")
    page.locator("summary", has_text="一部の時間だけ変える").click()
    form = page.locator("form[action$='/hours/']")
    form.get_by_label("臨時で受け付ける").check()
    first = _first_start()
    for name, value in (
        ("from_time", f"{first:%H:%M}"),
        ("until_time", f"{END:%H:%M}"),
        ("slot_minutes", str(STEP)),
        ("capacity", "6"),
        ("public_capacity", "4"),
    ):
        form.locator(f"[name=hours-{name}]").fill(value)
    form.locator("[name=hours-reason]").fill("夜間の窓口")
    form.get_by_role("button").click()
    said = message(page, "例外の時間を保存しました。")
    walk.picture(page, "supply-late-hours")
    walk.say(f"担当者: 今日の{first:%H:%M}〜{END:%H:%M}を臨時に開いた。{said}")


def _first_start() -> dt.time:
    """When the late hours begin: after the rule's last slot, or now where the rule is over or has not begun.

    The ticket machine gives numbers in these hours only. AssertionError near midnight.
    """
    now = dt.datetime.now(ZoneInfo("Asia/Tokyo"))
    if OPENING <= now.time() < CLOSING:
        return CLOSING
    minutes = (now.hour * 60 + now.minute) // STEP * STEP
    latest = END.hour * 60 + END.minute - 6 * STEP
    if minutes > latest:
        raise AssertionError("It is too late in Tokyo for a visit today. Run this again after midnight.")
    return dt.time(minutes // 60, minutes % 60)


def set_slot(walk: Walk, group: str, place: str, start: str, *, places: int) -> None:
    """The numbers of one slot; `start` as in addresses: 2026-11-30T0900."""
    page = office(walk)
    page.goto(f"/staff/supply/{group}/{place}/slots/{start}/")
    page.get_by_label("受付数", exact=False).first.fill(str(places))
    page.get_by_label("うち予約で開く数").fill(str(places))
    page.get_by_role("button", name="この枠を保存する").click()
    expect(page.locator("section.banner").first).to_be_visible()


def close_day(walk: Walk, day: dt.date, addresses: list[str], by_phone: str) -> None:
    """One step: the day is closed, everybody with an address is told, who has none stands in a list."""
    page, before = office(walk), len(walk.mails.mails)
    page.goto(f"/staff/supply/hokennenkin/hall/days/{day.isoformat()}/")
    page.get_by_label("理由").first.fill("電気設備の点検のため")
    page.get_by_role("button", name="休みにして知らせる").click()
    said = message(page, "休みにしました。")
    expect(page.locator(".supply-list", has_text=by_phone).get_by_text("電話で連絡").first).to_be_visible()
    walk.picture(page, "supply-closed-day")
    for address in addresses:
        walk.mails.wait_for(address, "電気設備の点検のため", after=before)
    walk.say(
        f"担当者: {day:%m月%d日}を休みにした。{said} {len(addresses)}人にメールが届き、{by_phone}さんは電話の一覧に出た"
    )
