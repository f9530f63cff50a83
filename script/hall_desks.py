"""Three desks of `check_reservations`, the call-up screen above them, and a phone in the hall."""

import re
import time

from playwright.sync_api import Page, expect
from walk import TABLET, Walk

CLERKS = {"1": "clerk@city.example.jp", "2": "handler2@city.example.jp", "3": "approver2@city.example.jp"}
SCREEN = {"width": 1920, "height": 1080}
SECONDS = 20_000
BETWEEN_CALLS = 4
# what the desk shows when somebody is called, served, or nobody is there
CALLED, SERVED, FREE = "text=対応を始める", "text=保留にする", "text=次の方を呼ぶ"


def hang_up_display(walk: Walk) -> Page:
    """The screen of the waiting hall, in a window of its own."""
    page = walk.window(size=SCREEN, device="本庁舎1階 待合")
    expect(page.get_by_text("ただいまの待ち")).to_be_visible()
    walk.picture(page, "display-before")
    return page


def sit_down(walk: Walk) -> dict[str, Page]:
    """Three members of staff, each at a desk."""
    desks = {}
    for number, email in CLERKS.items():
        page = walk.page(email, size=TABLET)
        page.goto("/desk/")
        if number == "1":
            walk.picture(page, "desk-choose")
        here = page.locator("h2:has-text('本庁舎') + ul .desk-choice__item")
        here.get_by_role("button", name=f"窓口 {number}", exact=True).click()
        expect(page.locator(".desk-bar__number")).to_have_text(number)
        desks[number] = page
    walk.say("職員3人が窓口1・2・3に座った")
    return desks


def call_everybody(walk: Walk, desks: dict[str, Page], display: Page) -> dict[str, str]:
    """Each desk calls who is next: nobody twice; the screen shows all of them."""
    called = {}
    expect(desks["1"].get_by_role("heading", name="お待ちの方")).to_be_visible(timeout=SECONDS)
    walk.picture(desks["1"], "desk-before")
    for number, page in desks.items():
        _press(page, "次の方を呼ぶ", CALLED)
        called[number] = page.locator("#person-heading").inner_text()
    if len(set(called.values())) != len(called):
        raise AssertionError(f"somebody was called twice: {called}")
    for number, label in called.items():
        row = display.locator("[data-board-calls] tr", has_text=label)
        expect(row.locator("td").nth(1)).to_contain_text(number, timeout=SECONDS)
    walk.picture(desks["1"], "desk-called")
    walk.picture(display, "display-calls")
    walk.say(
        "呼び出し: " + "、".join(f"窓口{number}に{label}" for number, label in called.items()) + "。表示画面にも出た"
    )
    return called


def serve_and_park(walk: Walk, desks: dict[str, Page]) -> None:
    """Desk 1 serves and finishes; desk 2 parks somebody, calls them again and finishes."""
    one, two = desks["1"], desks["2"]
    _press(one, "対応を始める", SERVED)
    walk.picture(one, "desk-serving")
    _press(one, "終える", FREE)
    _press(two, "対応を始める", SERVED)
    label = two.locator("#person-heading").inner_text()
    _press(two, "保留にする", FREE)
    parked = two.locator("h2:has-text('保留') + ul li", has_text=label)
    expect(parked).to_be_visible()
    walk.picture(two, "desk-parked")
    parked.get_by_role("button", name="呼ぶ").click()
    _press(two, "対応を始める", SERVED)
    _press(two, "終える", FREE)
    walk.say(f"窓口1: 対応して終えた。窓口2: {label} を保留にし、もう一度呼んで終えた")


def miss(walk: Walk, desks: dict[str, Page]) -> None:
    """Desk 3 calls three times; only then it may say that nobody came."""
    page = desks["3"]
    label = page.locator("#person-heading").inner_text()
    for calls in (2, 3):
        if page.get_by_role("button", name="不在にする").count():
            raise AssertionError("somebody may be missed before the third call")
        # a press right after the last one is the same call
        time.sleep(BETWEEN_CALLS)
        _press(page, "もう一度呼ぶ", f"text={calls}回目")
    _press(page, "不在にする", FREE)
    expect(page.locator("h2:has-text('不在') + ul li", has_text=label)).to_be_visible()
    walk.picture(page, "desk-missed")
    walk.say(f"窓口3: {label} を3回呼び、不在にした")


def transfer(walk: Walk, desks: dict[str, Page], display: Page) -> None:
    """Desk 1 sends who comes next on to another service: the number stays."""
    page = desks["1"]
    _press(page, "次の方を呼ぶ", CALLED)
    label = page.locator("#person-heading").inner_text()
    expect(display.locator("[data-board-calls] tr", has_text=label).first).to_be_visible(timeout=SECONDS)
    _press(page, "対応を始める", SERVED)
    page.get_by_role("link", name="別の窓口へ").click()
    page.get_by_label("住民票の写し").first.check()
    walk.picture(page, "desk-transfer")
    page.get_by_role("button", name="送る").click()
    expect(page.locator("section.banner").first).to_contain_text(label)
    # who waits again is no call any more; the screen has heard of it before its network is taken away
    expect(display.locator("[data-board-calls] tr", has_text=label)).to_have_count(0, timeout=SECONDS)
    walk.say(f"窓口1: {label} を証明書の窓口へ送った。番号はそのまま")


def see_phone_called(walk: Walk, phone: Page, label: str, called: dict[str, str]) -> None:
    """The page in the hand said so by itself."""
    desk = next((number for number, one in called.items() if one == label), None)
    words = (
        re.compile(f"{desk}番窓口へお越しください") if desk else re.compile("番窓口へお越しください|対応中|次に|前に")
    )
    expect(phone.locator("[data-ticket-headline]")).to_have_text(words, timeout=SECONDS)
    walk.picture(phone, "phone-ticket-called")
    walk.say(
        f"スマートフォンの番号札 {label}: {phone.locator('[data-ticket-headline]').inner_text()}（読み込み直さずに）"
    )


def lose_network(walk: Walk, display: Page) -> None:
    """The web server stops for some seconds: the screen keeps the calls and says so, and recovers by itself."""
    rows = display.locator("[data-board-calls] td:first-child")
    before = rows.all_inner_texts()
    walk.product.stop("web")
    offline = display.locator("[data-board-offline]")
    expect(offline).to_be_visible(timeout=SECONDS)
    time.sleep(3)
    if not before or rows.all_inner_texts() != before:
        raise AssertionError(f"the screen lost its calls: {before}, then {rows.all_inner_texts()}")
    walk.picture(display, "display-offline")
    said = " ".join(offline.inner_text().split())
    walk.product.start("web")
    walk.product.wait_until_up()
    expect(offline).to_be_hidden(timeout=SECONDS)
    walk.say(f"サーバーを止めた: 表示画面は {len(before)}件の呼び出しを残し、「{said}」。動き出すと自分で元に戻った")


def _press(page: Page, name: str, then: str) -> None:
    """Press a button; the desk shows what is in `then` when the server has answered."""
    page.get_by_role("button", name=name, exact=True).first.click()
    expect(page.locator("[data-desk-part=person]").locator(then).first).to_be_visible(timeout=SECONDS)
