"""At home, for `check_counter`: a family that moved in answers once for all its procedures, and books its visit."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from counter_answers import answer, rows_of
from PIL import Image
from playwright.sync_api import Page, expect
from walk import PHONE, Walk, today

GUIDE = "/guide/move-in/"
WANTED = ("国民健康保険 加入届", "児童手当 認定請求", "子ども医療費助成")
NAME, ADDRESS = "新居 葵", "aoi@example.jp"
LEFT_TO_DESK = "わからないところは窓口で答えて、先へ進む"


@dataclass(frozen=True)
class Prefilled:
    """What the family brings: a picture of the code, its text, its ten digits, and how many procedures it is for."""

    picture: Path
    text: str
    digits: str
    procedures: tuple[str, ...]


def find_out(walk: Walk) -> Page:
    """The guide on a phone, without an account: what a family of four has to do."""
    page = walk.window(size=PHONE)
    page.goto(GUIDE)
    with page.expect_navigation():
        page.get_by_role("link", name="質問を始める").click()
    moved = today() - dt.timedelta(days=9)
    write_date(page, "新しい住所に住み始めた日", moved)
    for question, said in (
        ("どこから", "国内のほかの市区町村"),
        ("転出届", "はい"),
        ("マイナンバーカード", "持っている"),
        ("外国籍", "いいえ"),
        ("印鑑登録", "いいえ"),
    ):
        pick(page, question, said)
    go_on(page)
    page.get_by_label("0〜2歳").check()
    page.get_by_label("小学生・中学生").check()
    for question in ("保育施設", "放課後児童会", "妊娠中", "ひとり親", "要介護", "障害者手帳"):
        pick(page, question, "いいえ")
    go_on(page)
    page.get_by_label("国民健康保険（これから入る方を含む）").check()
    pick(page, "国民年金", "いいえ")
    go_on(page)
    with page.expect_navigation():
        page.get_by_role("link", name="結果を見る").click()
    walk.picture(page, "home-result")
    return page


def fill_in(walk: Walk, page: Page) -> Prefilled:
    """One form for three procedures; what the family cannot say is left to the desk."""
    with page.expect_navigation():
        page.get_by_role("button", name="窓口に行く前に入力する").click()
    walk.picture(page, "home-choose")
    chosen = page.locator("ul li", has=page.get_by_role("button", name="外す"))
    while other := [one for one in chosen.all() if not any(name in one.inner_text() for name in WANTED)]:
        with page.expect_navigation():
            other[0].get_by_role("button", name="外す").click()
    with page.expect_navigation():
        page.get_by_role("button", name="入力に進む", exact=True).click()
    pages = 0
    while "/check/" not in page.url:
        pages += 1
        _fill_page(page)
        if pages == 1:
            walk.picture(page, "home-page")
    walk.picture(page, "home-check")
    left = page.locator("#left-heading + p + ul li").count()
    with page.expect_navigation():
        page.get_by_role("button", name="このまま保存して" if left else "保存してQRコードを表示する").click()
    found = _code(walk, page)
    done = f"案内に答え、{len(WANTED)}つの手続を{pages}ページで入力。窓口に残した質問は{left}"
    walk.say(f"住民（スマートフォン、登録なし）: {done}")
    return found


def _fill_page(page: Page) -> None:
    """Answer, and answer again what the answers brought up; then on, with or without the rest."""
    before = page.url
    if len(rows_of(page)) == 1:
        page.get_by_role("button", name="子どもを追加").click()
        expect(page.get_by_role("group", name="2. 子ども")).to_be_visible()
    for _time in range(3):
        # what is ticked brings up names, what is chosen brings up more
        answer(page)
        answer(page)
        with page.expect_navigation():
            page.get_by_role("button", name="次へ", exact=True).first.click()
        if page.url.partition("?")[0] != before.partition("?")[0]:
            return
    with page.expect_navigation():
        page.get_by_role("button", name=LEFT_TO_DESK).click()


def _code(walk: Walk, page: Page) -> Prefilled:
    expect(page.get_by_role("heading", level=1, name="窓口でお見せください")).to_be_visible()
    picture = walk.folder / "prefill-qr.png"
    page.locator(".home-code__qr svg").screenshot(path=picture)
    walk.picture(page, "home-code")
    names = tuple(page.locator("#procedures-heading + ul li").all_inner_texts())
    return Prefilled(picture, read_code(picture), page.locator(".home-code__digits").inner_text(), names)


def book(walk: Walk, page: Page) -> None:
    """A time for today in the same flow; the code stays the same."""
    with page.expect_navigation():
        page.get_by_role("link", name="予約も取る").click()
    walk.picture(page, "home-booking")
    with page.expect_navigation():
        page.get_by_role("button", name="日時を選ぶ").first.click()
    with page.expect_navigation():
        page.locator(".booking-list__link", has_text="転入").click()
    with page.expect_navigation():
        page.get_by_role("button", name="場所を選ぶ").click()
    with page.expect_navigation():
        page.locator(".booking-place", has_text="本庁舎").get_by_role("link").first.click()
    with page.expect_navigation():
        page.locator(f"[data-day='{today().isoformat()}'] a").click()
    with page.expect_navigation():
        page.locator("button.booking-times__time").last.click()
    for label, value in (("お名前", NAME), ("フリガナ", "アライ アオイ"), ("メールアドレス", ADDRESS)):
        page.get_by_label(label).fill(value)
    with page.expect_navigation():
        page.get_by_role("button", name="確認画面へ").click()
    with page.expect_navigation():
        page.get_by_role("button", name="予約する").click()
    page.goto("/prefill/code/")
    booking = page.get_by_role("region", name="来庁の予約")
    expect(booking).to_contain_text("予約番号")
    walk.picture(page, "home-code-booked")
    walk.say(f"住民: 同じ流れで予約した（{booking.locator('strong').first.inner_text()}）。QRコードは同じ一つ")


def pick(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def go_on(page: Page) -> None:
    """次へ; what is wrong on a page ends the run with its words."""
    with page.expect_navigation():
        page.get_by_role("button", name="次へ", exact=True).first.click()
    alert = page.locator(".error-summary")
    if alert.count():
        raise AssertionError(alert.first.inner_text())


def write_date(page: Page, question: str, day: dt.date) -> None:
    group = page.get_by_role("group", name=question).first
    group.locator("select").select_option("western")
    for part, value in (("年", day.year), ("月", day.month), ("日", day.day)):
        group.get_by_label(part, exact=True).fill(str(value))


def read_code(picture: Path) -> str:
    """What a QR code says, read by a library that did not draw it."""
    found = zxingcpp.read_barcode(Image.open(picture).convert("RGB"))
    if found is None:
        raise AssertionError(f"{picture.name} is no readable code")
    return str(found.text)
