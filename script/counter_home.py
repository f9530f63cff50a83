"""At home, for `check_counter`: a family that moved in answers once for all its procedures, and books its visit."""

import datetime as dt
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from counter_answers import answer, rows_of
from playwright.sync_api import Page, expect
from saving import saved
from walk import PHONE, Walk, read_code, today

GUIDE = "/guide/move-in/"
WANTED = ("転入・転居の届出", "国民健康保険 加入届", "児童手当 認定請求", "子ども医療費助成")
SERVICE = "転入"
NAME = "新居 葵"
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
    walk.press(page, page.get_by_role("link", name="質問を始める"))
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
    go_on(walk, page)
    page.get_by_label("0〜2歳").check()
    page.get_by_label("小学生・中学生").check()
    for question in ("保育施設", "放課後児童会", "妊娠中", "ひとり親", "要介護", "障害者手帳"):
        pick(page, question, "いいえ")
    go_on(walk, page)
    page.get_by_label("国民健康保険（これから入る方を含む）").check()
    pick(page, "国民年金", "いいえ")
    go_on(walk, page)
    walk.press(page, page.get_by_role("link", name="結果を見る"))
    walk.look(page, "home-result")
    return page


def fill_in(walk: Walk, page: Page) -> Prefilled:
    """One form for three procedures; what the family cannot say is left to the desk."""
    walk.press(page, page.get_by_role("button", name=re.compile("まとめて入力する")))
    walk.look(page, "home-choose")
    chosen = page.locator("ul li", has=page.get_by_role("button", name="外す"))
    while other := [one for one in chosen.all() if not any(name in one.inner_text() for name in WANTED)]:
        walk.press(page, other[0].get_by_role("button", name="外す"))
    walk.press(page, page.get_by_role("button", name="入力に進む", exact=True))
    pages = 0
    while "/check/" not in page.url:
        pages += 1
        _fill_page(walk, page)
        if pages == 1:
            walk.look(page, "home-page")
    walk.look(page, "home-check")
    left = page.locator("#left-heading + p + ul li").count()
    walk.press(page, page.get_by_role("button", name="このまま保存して" if left else "保存してQRコードを表示する"))
    found = _code(walk, page)
    done = f"案内に答え、{len(WANTED)}つの手続を{pages}ページで入力。窓口に残した質問は{left}"
    walk.say(f"住民（スマートフォン、登録なし、4人家族）: {done}")
    return found


def _fill_page(walk: Walk, page: Page) -> None:
    """Answer, and answer again what the answers brought up; then on, with or without the rest."""
    before = page.url
    if len(rows_of(page)) == 1:
        page.get_by_role("button", name="子どもを追加").click()
        expect(page.get_by_role("group", name="2. 子ども")).to_be_visible()
    for _time in range(3):
        # what is ticked brings up names, what is chosen brings up more
        answer(page)
        answer(page)
        walk.press(page, page.get_by_role("button", name="次へ", exact=True).first)
        if page.url.partition("?")[0] != before.partition("?")[0]:
            return
    walk.press(page, page.get_by_role("button", name=LEFT_TO_DESK))


def _code(walk: Walk, page: Page) -> Prefilled:
    expect(page.get_by_role("heading", level=1, name="窓口でお見せください")).to_be_visible()
    picture = walk.folder / "prefill-qr.png"
    page.locator(".home-code__qr svg").screenshot(path=picture)
    walk.look(page, "home-code")
    names = tuple(page.locator("#procedures-heading + ul li").all_inner_texts())
    return Prefilled(picture, read_code(picture), page.locator(".home-code__digits").inner_text(), names)


def print_at_home(walk: Walk, page: Page, brought: Prefilled) -> None:
    """The code on paper: a sheet and a card for the wallet, with the very code of the screen."""
    for name, label in (("sheet", "A4の紙に"), ("card", "財布に入る")):
        address = page.get_by_role("link", name=label).get_attribute("href") or ""
        pdf = saved(page, address, walk.folder / f"home-{name}.pdf")
        command = ["pdftoppm", "-r", "150", "-png", "-singlefile", str(pdf), str(pdf.with_suffix(""))]
        subprocess.run(command, check=True)
        if read_code(pdf.with_suffix(".png")) != brought.text:
            raise AssertionError(f"{pdf.name} has another code than the screen")
    walk.say("住民: A4の紙と財布に入るカードにも印刷した。画面と同じQRコードが読める")


def book(walk: Walk, page: Page, address: str) -> str:
    """A time for today in the same flow; the code stays the same. When it is."""
    walk.press(page, page.get_by_role("link", name="予約も取る"))
    walk.look(page, "home-booking")
    way = page.locator("form", has=page.get_by_role("heading", name=SERVICE))
    walk.press(page, way.get_by_role("button", name="日時を選ぶ"))
    walk.press(page, page.get_by_role("button", name="場所を選ぶ"))
    walk.press(page, page.locator(".booking-place", has_text="本庁舎").get_by_role("link").first)
    walk.press(page, page.locator(f"[data-day='{today().isoformat()}'] a"))
    walk.press(page, page.locator("button.booking-times__time").last)
    for label, value in (("お名前", NAME), ("フリガナ", "アライ アオイ"), ("メールアドレス", address)):
        page.get_by_label(label).fill(value)
    walk.press(page, page.get_by_role("button", name="確認画面へ"))
    walk.press(page, page.get_by_role("button", name="予約する"))
    page.goto("/prefill/code/")
    booking = page.get_by_role("region", name="来庁の予約")
    expect(booking).to_contain_text("予約番号")
    walk.look(page, "home-code-booked")
    return booking.locator("strong").first.inner_text()


def pick(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def go_on(walk: Walk, page: Page) -> None:
    """次へ; what is wrong on a page ends the run with its words."""
    walk.press(page, page.get_by_role("button", name="次へ", exact=True).first)
    alert = page.locator(".error-summary")
    if alert.count():
        raise AssertionError(alert.first.inner_text())


def write_date(page: Page, question: str, day: dt.date) -> None:
    group = page.get_by_role("group", name=question).first
    group.locator("select").select_option("western")
    for part, value in (("年", day.year), ("月", day.month), ("日", day.day)):
        group.get_by_label(part, exact=True).fill(str(value))
