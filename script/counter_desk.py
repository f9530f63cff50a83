"""At the city hall, for `check_counter`: checked in by camera, called, identified, asked, read, signed, received."""

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import hall_kiosk
import pikepdf
from counter_answers import answer
from counter_home import Prefilled
from playwright.sync_api import Locator, Page, expect
from walk import TABLET, Walk

CLERK = "clerk@city.example.jp"
VISITS = "/staff/visits/"
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
    page = walk.page(CLERK, size=TABLET, camera=True)
    page.goto("/desk/")
    here = page.locator("h2:has-text('本庁舎') + ul .desk-choice__item")
    if here.count():
        walk.press(page, here.get_by_role("button", name="窓口 1", exact=True))
    page.locator("li, tr", has_text=label).last.get_by_role("button", name="呼ぶ").click()
    expect(page.locator("#person-heading")).to_have_text(label, timeout=SECONDS)
    page.get_by_role("button", name="対応を始める").click()
    expect(page.get_by_role("button", name="終える")).to_be_visible(timeout=SECONDS)
    walk.look(page, "desk-serving-visit")
    return page


def begin(walk: Walk, page: Page, brought: Prefilled) -> None:
    """From the ticket to its visit: the tablet's camera brings what the code holds. Read again, it is this visit."""
    walk.press(page, page.get_by_role("button", name="手続をはじめる"))
    walk.look(page, "visit-identify-empty")
    # the number says that something is brought: its place is open
    expect(page.locator("details[open]", has_text="事前入力のQRコード")).to_be_visible()
    hall_kiosk.show_to_camera(walk.camera, brought.picture)
    with page.expect_navigation(timeout=SECONDS):
        page.get_by_role("button", name="カメラで読み取る").click()
    expect(page.get_by_text("事前入力のQRコードをお持ちのとき")).to_have_count(0)
    walk.look(page, "visit-identify")
    here = page.url
    scan(walk, page, brought.text)
    if page.url != here:
        raise AssertionError(f"the code led to {page.url}, not to the visit it began")


def scan(walk: Walk, page: Page, code: str) -> None:
    """What a scanner types, or somebody who is told ten digits, on the list of visits."""
    page.goto(VISITS)
    form = page.locator("form[data-scan]")
    form.locator("input[name=code]").fill(code)
    walk.press(page, form.get_by_role("button", name="読み取って始める"))


def identify(walk: Walk, page: Page) -> None:
    """Nobody of the register yet: a card was shown, the name is the one that was typed."""
    page.locator("input[name=who]").last.check()
    page.get_by_role("checkbox", name="マイナンバーカード").first.check()
    walk.press(page, page.get_by_role("button", name="本人確認を終えて聞き取りへ"))
    walk.look(page, "visit-procedures")
    walk.press(page, page.get_by_role("button", name=re.compile("質問へ進む|質問へ戻る")))


def ask(walk: Walk, page: Page) -> int:
    """What is still missing, asked in one list. The number of questions."""
    asked = page.locator(".visit-question").count()
    walk.look(page, "visit-missing")
    for _time in range(6):
        on = page.get_by_role("button", name=TO_REVIEW)
        if on.count():
            break
        answer(page, KNOWN_AT_DESK)
        answer(page, KNOWN_AT_DESK)
        walk.press(page, page.get_by_role("button", name="保存して次へ"))
    walk.look(page, "visit-complete")
    walk.press(page, page.get_by_role("button", name=TO_REVIEW))
    return asked


def read_and_sign(walk: Walk, page: Page) -> None:
    """The tablet turned round: everything in big type, then a name with a finger."""
    walk.press(page, page.get_by_role("link", name="画面をご本人に向ける"))
    walk.look(page, "visit-review")
    walk.press(page, page.get_by_role("button", name="これでよい"))
    walk.look(page, "visit-sign")
    draw(page, page.locator("canvas"))
    walk.press(page, page.get_by_role("button", name="署名する", exact=True))


def receive(walk: Walk, page: Page, meanwhile: Callable[[], object] | None = None) -> list[str]:
    """The papers are ticked, everything is received. The numbers."""
    for box in page.locator("input[name=paper]").all():
        box.check()
    walk.look(page, "visit-receive")
    walk.press(page, page.get_by_role("button", name="件を受け付ける"), meanwhile)
    expect(page.get_by_role("heading", level=1, name="受け付けました")).to_be_visible(timeout=SECONDS)
    walk.look(page, "visit-received")
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
    """The guide sheet, both kinds of forms and the slips; printed twice the paper says so. Pages of each."""
    sizes = {}
    for name in ("guide", "forms", "others", "slips", "slips"):
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
    kind = "forms" if name == "others" else name
    answer = page.request.post(
        page.url.replace("/received/", f"/print/{kind}/"), form=sent | {"which": name}, headers={"Referer": page.url}
    )
    if not answer.body().startswith(b"%PDF-"):
        raise AssertionError(f"{name}: {answer.status} is no PDF")
    path = walk.folder / f"{name}.pdf"
    path.write_bytes(answer.body())
    return path


def handed_over(folder: Path, numbers: list[str], patience: float = PATIENCE) -> float:
    """Every case lies in the folder of the core systems, once. Seconds that took, counted from here."""
    began = time.monotonic()
    wanted = {f"{number.replace('-', '')}-1.json" for number in numbers}
    while time.monotonic() - began < patience:
        there = {path.name for path in folder.glob("*.json")}
        if wanted <= there:
            return time.monotonic() - began
        time.sleep(0.2)
    raise AssertionError(f"{wanted - there} were not handed over")


def finish(walk: Walk, page: Page) -> None:
    """The person goes with numbers and papers."""
    walk.press(page, page.get_by_role("button", name="終了する"))
    walk.look(page, "visit-finished")
    page.goto("/desk/")
    end = page.get_by_role("button", name="終える", exact=True)
    end.click()
    expect(end).to_have_count(0, timeout=SECONDS)


def leave(walk: Walk, page: Page) -> None:
    """The person goes in the middle, and wants nothing kept."""
    walk.press(page, page.get_by_role("link", name=re.compile("中断")))
    walk.look(page, "visit-leave")
    walk.press(page, page.get_by_role("button", name="消去して終わる"))
