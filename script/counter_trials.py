"""Beside the visit of `check_counter`: filled in at the hall (記載台), and tried out without consequence (体験)."""

import re

import counter_desk
from counter_answers import answer
from playwright.sync_api import Page, expect
from walk import PHONE, TABLET, Walk, read_code

HALL, TRIAL = "本庁舎1階 総合受付", "体験コーナー 記載台"
PROCEDURE = "子ども医療費助成"
SECONDS = 20_000


def fill_in_at_hall(walk: Walk) -> None:
    """Somebody without a phone at the tablet of the hall; a clerk takes the digits of the slip, and they leave."""
    page = _stand_before(walk, HALL)
    walk.look(page, "entry-start")
    page.get_by_role("link", name="やさしい").click()
    walk.look(page, "entry-start-easy")
    page.get_by_role("link", name="日本語", exact=True).click()
    walk.press(page, page.locator(".entry-begin"))
    walk.look(page, "entry-events")
    walk.press(page, page.get_by_role("link", name="転入"))
    item = page.locator(".entry-procedure", has_text=PROCEDURE)
    while not item.count():
        walk.press(page, page.get_by_role("link", name="ほかの手続"))
    walk.press(page, item.get_by_role("button"))
    walk.look(page, "entry-procedures")
    walk.press(page, page.locator("main a.button--solid"))
    pages = _answer_all(walk, page)
    digits = _finish(walk, page)
    number = "なし（この業務の受付時間外）"
    if (take := page.locator("section form button")).count():
        walk.press(page, take.first)
        number = page.locator(".entry-slip__ticket strong").inner_text()
    walk.look(page, "entry-slip")
    walk.press(page, page.locator("button[form=wipe-form]"))
    kept = [one for one in page.context.cookies() if one["name"] == "entry"]
    if kept or digits in page.content():
        raise AssertionError("the tablet keeps what somebody left")
    walk.say(f"記載台: {pages}ページを入力し、数字10桁と番号札 {number}。「終わる」で端末には何も残らない")
    _read_at_desk(walk, digits)


def _read_at_desk(walk: Walk, digits: str) -> None:
    desk = walk.page(counter_desk.CLERK, size=TABLET)
    counter_desk.scan(walk, desk, digits)
    expect(desk.get_by_role("heading", level=1, name="本人確認")).to_be_visible()
    counter_desk.leave(walk, desk)
    counter_desk.scan(walk, desk, digits)
    said = desk.locator(".error-summary li").first.inner_text()
    walk.say(f"窓口: 10桁の数字で開き、途中でお帰りになったので消した。もう一度読むと「{said}」")


def try_at_home(walk: Walk) -> None:
    """A made-up person, a banner on every page, no mail and no reservation."""
    page = walk.window(size=PHONE)
    page.goto("/prefill/")
    walk.press(page, page.get_by_role("button", name="体験してみる"))
    _see_banner(page)
    page.get_by_role("checkbox").first.check()
    walk.press(page, page.get_by_role("button", name="選んで入力に進む"))
    _see_banner(page)
    filled = [one for one in page.locator("main input[type=text]").all() if one.input_value()]
    if not filled:
        raise AssertionError("nobody was made up")
    page.goto("/prefill/check/")
    walk.look(page, "trial-check")
    walk.press(page, page.get_by_role("button", name=re.compile("このまま保存して|保存してQRコード")).first)
    _see_banner(page)
    expect(page.get_by_role("link", name="メールで受け取る")).to_have_count(0)
    picture = walk.folder / "trial-qr.png"
    page.locator(".home-code__qr svg").screenshot(path=picture)
    walk.look(page, "trial-code")
    desk = walk.page(counter_desk.CLERK, size=TABLET)
    counter_desk.scan(walk, desk, read_code(picture))
    expect(desk.get_by_text("体験").first).to_be_visible()
    walk.look(desk, "trial-visit")
    counter_desk.leave(walk, desk)
    walk.say("体験（スマートフォン）: 架空の人の内容でQRコードまで。メールも予約もなく、窓口でも「体験」と出る")


def try_at_hall(walk: Walk) -> None:
    """The tablet of the corner for practice."""
    page = _stand_before(walk, TRIAL)
    expect(page.get_by_text("体験").first).to_be_visible()
    walk.press(page, page.locator(".entry-begin"))
    page.goto("/kiosk/entry/choose/?event=all")
    walk.press(page, page.locator("button[name=add]").first)
    walk.press(page, page.locator("main a.button--solid"))
    walk.look(page, "trial-entry")
    page.goto("/kiosk/entry/check/")
    _finish(walk, page)
    walk.press(page, page.locator("button[form=wipe-form]"))
    walk.say("体験（記載台）: 練習用の場所では架空の人で最後まで試せる")


def _stand_before(walk: Walk, device: str) -> Page:
    page = walk.window(size=TABLET, device=device)
    page.goto("/kiosk/entry/")
    return page


def _answer_all(walk: Walk, page: Page) -> int:
    """Page by page; what is asked that the family cannot say is left to the desk. The number of pages."""
    pages = 0
    while "/check/" not in page.url:
        before = page.url
        answer(page)
        answer(page)
        if not pages:
            walk.look(page, "entry-page")
        walk.press(page, page.locator(".hall-actions button[value=next]"))
        if page.url == before:
            walk.press(page, page.locator(".hall-actions button[value=later]"))
        pages += 1
    walk.look(page, "entry-check")
    return pages


def _finish(walk: Walk, page: Page) -> str:
    """The ten digits of the slip."""
    walk.press(page, page.locator("form[action*='/finish/'] button"))
    return page.locator(".entry-slip__digits").inner_text(timeout=SECONDS)


def _see_banner(page: Page) -> None:
    expect(page.get_by_text("体験中です").first).to_be_visible()
