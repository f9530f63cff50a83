"""At the city hall, for `check_counter`: checked in by camera, called, identified, asked, read, signed, received."""

import re
import subprocess
import time
from pathlib import Path

import hall_kiosk
import pikepdf
from counter_answers import answer
from counter_home import Prefilled
from playwright.sync_api import Locator, Page, expect
from walk import TABLET, Walk

CLERK = "clerk@city.example.jp"
SECONDS = 20_000
PATIENCE = 60
KNOWN_AT_DESK = {"relationship": "本人"}
"""What the family did not know how to write."""
TO_REVIEW = "ご本人と確認する"


def check_in(walk: Walk, brought: Prefilled) -> str:
    """The code from the phone before the camera of the ticket machine; a second time it is the same ticket."""
    page = hall_kiosk.stand_before(walk)
    return hall_kiosk.check_in_by_camera(walk, page, hall_kiosk.Visit("", brought.picture))


def call(walk: Walk, label: str) -> Page:
    """A clerk sits down, calls the number and begins to serve."""
    page = walk.page(CLERK, size=TABLET)
    page.goto("/desk/")
    here = page.locator("h2:has-text('本庁舎') + ul .desk-choice__item")
    if here.count():
        with page.expect_navigation():
            here.get_by_role("button", name="窓口 1", exact=True).click()
    page.locator("li, tr", has_text=label).last.get_by_role("button", name="呼ぶ").click()
    expect(page.locator("#person-heading")).to_have_text(label, timeout=SECONDS)
    page.get_by_role("button", name="対応を始める").click()
    expect(page.get_by_role("button", name="終える")).to_be_visible(timeout=SECONDS)
    walk.picture(page, "desk-serving-visit")
    return page


def begin(walk: Walk, page: Page, brought: Prefilled) -> None:
    """From the ticket to its visit; the code is shown to the tablet, twice, and read once."""
    with page.expect_navigation():
        page.get_by_role("button", name="手続をはじめる").click()
    walk.picture(page, "visit-identify-empty")
    page.get_by_text("事前入力のQRコードをお持ちのとき").click()
    for _time in range(2):
        box = page.locator("form[data-scan] input[name=code]")
        if not box.count():
            break
        box.fill(brought.text)
        with page.expect_navigation():
            page.get_by_role("button", name="読み取る", exact=True).click()
    walk.picture(page, "visit-identify")


def identify(walk: Walk, page: Page) -> None:
    """Nobody of the register yet: a card was shown, the name is the one that was typed."""
    page.locator("input[name=who]").last.check()
    page.get_by_label("マイナンバーカード").first.check()
    with page.expect_navigation():
        page.get_by_role("button", name="本人確認を終えて聞き取りへ").click()
    walk.picture(page, "visit-procedures")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("質問へ進む|質問へ戻る")).click()


def ask(walk: Walk, page: Page) -> int:
    """What is still missing, asked in one list. The number of questions."""
    asked = page.locator(".visit-question").count()
    walk.picture(page, "visit-missing")
    for _time in range(6):
        on = page.get_by_role("button", name=TO_REVIEW)
        if on.count():
            break
        answer(page, KNOWN_AT_DESK)
        answer(page, KNOWN_AT_DESK)
        with page.expect_navigation():
            page.get_by_role("button", name="保存して次へ").click()
    walk.picture(page, "visit-complete")
    with page.expect_navigation():
        page.get_by_role("button", name=TO_REVIEW).click()
    return asked


def read_and_sign(walk: Walk, page: Page) -> None:
    """The tablet turned round: everything in big type, then a name with a finger."""
    with page.expect_navigation():
        page.get_by_role("link", name="画面をご本人に向ける").click()
    walk.picture(page, "visit-review")
    with page.expect_navigation():
        page.get_by_role("button", name="これでよい").click()
    walk.picture(page, "visit-sign")
    draw(page, page.locator("canvas"))
    with page.expect_navigation():
        page.get_by_role("button", name="署名する", exact=True).dblclick()


def receive(walk: Walk, page: Page) -> list[str]:
    """The papers are ticked, everything is received with a double tap. The numbers."""
    for box in page.locator("input[name=paper]").all():
        box.check()
    walk.picture(page, "visit-receive")
    page.get_by_role("button", name="件を受け付ける").dblclick()
    expect(page.get_by_role("heading", level=1, name="受け付けました")).to_be_visible(timeout=SECONDS)
    walk.picture(page, "visit-received")
    return [re.sub(r"[^0-9-]", "", text) for text in page.locator(".visit-number__value").all_inner_texts()]


def draw(page: Page, canvas: Locator) -> None:
    """A name written with a finger."""
    box = canvas.bounding_box()
    if box is None:
        raise AssertionError("nothing to write on")
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(24):
        page.mouse.move(box["x"] + 30 + step * 9, box["y"] + 40 + (step % 4) * 14)
    page.mouse.up()


def print_all(walk: Walk, page: Page) -> dict[str, int]:
    """The guide sheet, the forms and the slips; printed twice the paper says so. Pages of each."""
    sizes = {}
    for name in ("guide", "forms", "slips", "slips"):
        path = _printed(walk, page, name)
        with pikepdf.Pdf.open(path) as opened:
            sizes[name] = len(opened.pages)
    words = subprocess.run(
        ["pdftotext", str(walk.folder / "slips.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    if "再発行" not in words:
        raise AssertionError("the second print does not say that it is one")
    return sizes


def _printed(walk: Walk, page: Page, name: str) -> Path:
    form = page.locator("form[data-submit-many]")
    sent = {one: form.locator(f"input[name={one}]").input_value() for one in ("csrfmiddlewaretoken", "revision")}
    answer = page.request.post(
        page.url.replace("/received/", f"/print/{name}/"), form=sent, headers={"Referer": page.url}
    )
    if not answer.body().startswith(b"%PDF-"):
        raise AssertionError(f"{name}: {answer.status} is no PDF")
    path = walk.folder / f"{name}.pdf"
    path.write_bytes(answer.body())
    return path


def handed_over(walk: Walk, folder: Path, numbers: list[str]) -> float:
    """Every case lies in the folder of the core systems. Seconds that took, counted from here."""
    began = time.monotonic()
    wanted = {f"{number.replace('-', '')}-1.json" for number in numbers}
    while time.monotonic() - began < PATIENCE:
        there = {path.name for path in folder.glob("*.json")}
        if wanted <= there:
            return time.monotonic() - began
        time.sleep(0.2)
    raise AssertionError(f"{wanted - there} were not handed over")


def finish(walk: Walk, page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="終了する").click()
    walk.picture(page, "visit-finished")
