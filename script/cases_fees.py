"""The money of `check_cases`: a fee hinders the document, is taken in cash with its receipt, the day is closed."""

import re
from pathlib import Path

from cases_desk import LIFE_HANDLER, complete, desk, message, open_case, refusal
from cases_family import COPIES, NAME, YEN_A_COPY
from pdfminer.high_level import extract_text
from playwright.sync_api import Page, expect
from walk import Walk

from tests.e2e.keyboard import pick, press, tab_to, tick, write

FEE = COPIES * YEN_A_COPY
TENDERED = 1000


def saved(page: Page, link: str, path: Path) -> Path:
    """What a link of the page downloads."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).first.click()
    download.value.save_as(path)
    return path


def read_pdf(page: Page, link: str, path: Path) -> str:
    """The words of a PDF that a link of the page opens, without blanks: lines break where the paper ends."""
    address = page.get_by_role("link", name=link).first.get_attribute("href") or ""
    answer = page.request.get(address)
    expect(answer).to_be_ok()
    path.write_bytes(answer.body())
    return "".join(extract_text(path).split())


def pay(walk: Walk, number: str) -> None:
    """住民票: not completed while unpaid; cash, change, receipt; then completed."""
    page = desk(walk, LIFE_HANDLER)
    open_case(page, number)
    tick(page, "本人または代理人と会い")
    press(page, "来庁・面接を記録する", "BUTTON")
    message(page, "来庁・面接が終わったことを記録しました。")
    complete(page)
    walk.say("未納のまま完了しようとすると: " + refusal(page, "手数料"))
    expect(page.locator(".case-head .chip, .case-head [class*=chip]").first).to_have_text("承認")
    walk.picture(page, "fee-hindered")
    tab_to(page, "収納を記録する", "SUMMARY")
    page.keyboard.press("Enter")
    pick(page, "支払方法", "現金")
    write(page, "お預かり", str(TENDERED), "INPUT")
    press(page, "収納する", "BUTTON")
    said = message(page, f"おつりは {TENDERED - FEE}円")
    walk.picture(page, "fee-paid")
    receipt = read_pdf(page, "領収書", walk.folder / "receipt.pdf")
    words = (NAME.replace(" ", ""), f"{FEE}円", f"{TENDERED:,}円", number)
    missing = [word for word in words if word not in receipt]
    if missing:
        raise AssertionError(f"the receipt lacks {missing}: {receipt}")
    walk.say(f"窓口: {said} 領収書（PDF）に氏名・金額・受付番号がある")
    complete(page)
    message(page, "手続を完了しました。")
    walk.say(f"納付の後に {number} を完了した")


def close_day(walk: Walk, number: str) -> None:
    """A wrong count is asked about; the right one closes the day."""
    page = desk(walk, LIFE_HANDLER)
    till, cash = _till_of(page, number)
    walk.picture(page, "fee-day")
    write(page, "現金の実際有高", str(cash - 100), "INPUT")
    press(page, "収納を締める", "BUTTON")
    expect(page.locator("#id_note_error, .errorlist, [id$=_error]").first).to_be_visible()
    walk.say(f"日計（{till}）: 現金が100円足りないと、理由を求められる")
    write(page, "現金の実際有高", str(cash), "INPUT")
    press(page, "収納を締める", "BUTTON")
    message(page, "この日の収納を締めました。")
    expect(page.get_by_text("締め済み")).to_be_visible()
    walk.picture(page, "fee-closed")
    sheet = read_pdf(page, "日計表（PDF）", walk.folder / "day.pdf")
    if number not in sheet or f"{cash:,}円" not in sheet:
        raise AssertionError(f"the sheet of the day lacks the payment: {sheet}")
    walk.say(f"日計を締めた: 現金 {cash:,}円、日計表（PDF）に {number} がある")


def _till_of(page: Page, number: str) -> tuple[str, int]:
    """The till that took the fee: its name and the cash of the day."""
    page.goto("/staff/fees/")
    codes = page.locator("#id_department option").evaluate_all("all => all.map(one => one.value)")
    for code in codes:
        page.goto(f"/staff/fees/?department={code}")
        if page.locator("tbody tr", has_text=number).filter(has_text=f"{FEE}円").count():
            cash = page.locator("tbody tr", has_text=re.compile("^現金")).first.locator("td").last.inner_text()
            return page.locator("main h2").first.inner_text(), int(re.sub(r"\D", "", cash))
    raise AssertionError(f"no till has {number}")
