#!/usr/bin/env python3
"""Take the pictures of the README and of docs/designer.md from a running demo: they show what the product is today.

    script/demo &                                  (or another address: --origin http://localhost:8123)
    .venv/bin/python script/screenshots.py         writes docs/screenshots/*.png

Needs Chromium and poppler-utils (pdftoppm). Leaves nothing in the demo but the traces of reading,
tickets of the day that were taken at the reception, and a visit that was wiped. The pictures are
reduced to 128 colours and must not be larger than MOST_BYTES.
"""

import argparse
import datetime as dt
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import counter_desk
import counter_home
from walk import Walk

from tests.e2e import guides

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
PHONE: ViewportSize = {"width": 390, "height": 844}
TABLET: ViewportSize = {"width": 1180, "height": 820}
MACHINE: ViewportSize = {"width": 768, "height": 1366}
SCREEN: ViewportSize = {"width": 1280, "height": 720}
PROCEDURE = "/procedures/jido-teate-nintei/"
DESIGN = "/staff/procedures/jido-teate-nintei/"
SECTION, QUESTION = "household", "previous_city"
DRAFT_OF, OPENED_BY = "resident01@example.jp", "resident03@example.jp"
HANDLER, CLERK, SENDER = "handler@city.example.jp", "clerk@city.example.jp", "handler3@city.example.jp"
KIOSK, DISPLAY = "本庁舎1階 総合受付", "本庁舎1階 待合"
MOST_BYTES = 150_000
COLOURS = 128
TOKYO = ZoneInfo("Asia/Tokyo")


class Studio:
    """A browser in front of the demo."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.browser = browser
        self.origin = origin

    @contextmanager
    def window(self, size: ViewportSize, email: str = "") -> Iterator[Page]:
        """A window of this size, signed in as one of the demo's people."""
        context = self.browser.new_context(
            base_url=self.origin, viewport=size, locale="ja-JP", timezone_id="Asia/Tokyo", reduced_motion="reduce"
        )
        page = context.new_page()
        if email:
            page.goto("/demo/")
            person = page.locator("main li, main tr, main article").filter(has_text=email).last
            with page.expect_navigation():
                person.get_by_role("button").click()
        yield page
        context.close()

    def take(self, page: Page, name: str) -> None:
        """What the window shows now, without a caret or a focus ring on the way in."""
        page.wait_for_load_state("networkidle")
        save(page.screenshot(caret="hide"), name)


def save(content: bytes, name: str) -> None:
    """Write a picture with few colours. Exits when it is too large for a README."""
    path = FOLDER / f"{name}.png"
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.name}: {picture.width}×{picture.height}, {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"{path.name} is larger than {MOST_BYTES:,} bytes.")


def take_residents_pages(studio: Studio) -> None:
    with studio.window(PHONE) as page:
        page.goto(PROCEDURE)
        studio.take(page, "procedure-phone")
    with studio.window(PHONE, DRAFT_OF) as page:
        page.goto("/my/applications/")
        page.locator("a[href*='/pages/']").first.click()
        page.get_by_role("heading", level=1).evaluate("heading => heading.scrollIntoView()")
        studio.take(page, "form-phone")


def take_guide(studio: Studio) -> None:
    """What a new baby calls for; the answers stand in this window only."""
    with studio.window(PHONE) as page:
        guides.walk_to_summary(page, "/guide/birth/", dt.datetime.now(TOKYO).date() - dt.timedelta(days=5))
        page.get_by_role("link", name="結果を見る").click()
        studio.take(page, "guide-phone")


def take_notice(studio: Studio) -> None:
    """The opened notice on the phone, and its first sheet."""
    with studio.window(PHONE, OPENED_BY) as page:
        page.goto("/my/notices/")
        page.locator(".card", has_text="開封済み").get_by_role("link").first.click()
        page.locator(".letter").evaluate("letter => letter.scrollIntoView()")
        studio.take(page, "notice-phone")
        document = page.locator("a[href$='document.pdf']").first.get_attribute("href")
        pdf = page.request.get(document or "").body()
    command = ["pdftoppm", "-r", "60", "-png", "-f", "1", "-l", "1", "-singlefile", "-"]
    save(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout, "letter")


def take_notices_to_many(studio: Studio) -> None:
    """The inbox on the phone, what became of a mass notice, and the neighbourhood's circulars on a tablet at home."""
    with studio.window(PHONE, OPENED_BY) as page:
        page.goto("/my/notices/")
        page.get_by_role("heading", level=1).evaluate("heading => heading.scrollIntoView()")
        studio.take(page, "inbox-phone")
    with studio.window(TABLET, SENDER) as page:
        page.goto("/staff/campaigns/")
        page.locator("tr", has_text="完了").get_by_role("link").first.click()
        studio.take(page, "campaign-tablet")
    with studio.window(TABLET) as page:
        page.goto("/demo/")
        with page.expect_navigation():
            page.locator("main li", has_text="回覧板の端末").last.get_by_role("button").click()
        studio.take(page, "circular-tablet")


def take_hall(studio: Studio) -> None:
    """Choosing a day on the phone; a desk at work, with people whom the reception gave tickets."""
    with studio.window(PHONE) as page:
        page.goto("/reserve/tennyu/at/hall/?people=1&variant=on_site")
        page.get_by_role("heading", level=1).evaluate("heading => heading.scrollIntoView()")
        studio.take(page, "booking-phone")
    with studio.window(TABLET, CLERK) as page:
        for service in ("tennyu", "inkan", "koseki", "tenshutsu", "inkan"):
            page.goto(f"/staff/reception/hall/services/{service}/")
            with page.expect_navigation():
                page.locator(".hall-take").click()
        page.goto("/desk/")
        page.locator("h2:has-text('本庁舎') + ul").get_by_role("button").first.click()
        page.get_by_role("button", name="次の方を呼ぶ").click()
        page.get_by_role("button", name="対応を始める").click()
        page.get_by_role("button", name="保留にする").wait_for()
        studio.take(page, "desk-tablet")
        take_machines(studio)
        page.get_by_role("button", name="終える", exact=True).click()
        page.get_by_role("button", name="受付を終わる").click()


def take_machines(studio: Studio) -> None:
    """The call-up screen while somebody is served, and the ticket machine."""
    with studio.window(SCREEN, DISPLAY) as page:
        page.locator("[data-board-calls] tr").first.wait_for()
        studio.take(page, "display-screen")
    with studio.window(MACHINE, KIOSK) as page:
        page.goto("/kiosk/questions/")
        studio.take(page, "kiosk-machine")


class Visitors(Walk):
    """The family of `check_counter`, without its pictures."""

    def look(self, page: Page, name: str) -> None:
        pass

    def say(self, text: str) -> None:
        pass


def take_counter(studio: Studio) -> None:
    """A family's code on the phone, the desk that asks what is left, and the review turned round; wiped afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        walk = Visitors(studio.origin, Path(folder), studio.browser, None, None)  # type: ignore[arg-type]
        page = counter_home.find_out(walk)
        brought = counter_home.fill_in(walk, page)
        page.get_by_role("heading", level=1).evaluate("heading => heading.scrollIntoView()")
        studio.take(page, "prefill-phone")
        desk = walk.page(CLERK, size=dict(TABLET))
        counter_desk.scan(walk, desk, brought.text)
        visit = desk.url
        counter_desk.identify(walk, desk)
        studio.take(desk, "visit-tablet")
        counter_desk.ask(walk, desk)
        walk.press(desk, desk.get_by_role("link", name="画面をご本人に向ける"))
        studio.take(desk, "review-tablet")
        desk.goto(visit)
        counter_desk.leave(walk, desk)


def take_staff_pages(studio: Studio) -> None:
    with studio.window(TABLET, HANDLER) as page:
        page.goto("/staff/cases/")
        page.locator("tr", has_text="審査中").get_by_role("link").first.click()
        studio.take(page, "case-tablet")
        page.goto("/staff/notices/")
        page.locator("tr", has_text="開封済み").get_by_role("link").first.click()
        studio.take(page, "receipts-tablet")
        page.goto("/staff/inventory/figures/")
        studio.take(page, "inventory-tablet")


def take_designer(studio: Studio) -> None:
    """The steps of docs/designer.md; nothing is saved."""
    with studio.window(TABLET, HANDLER) as page:
        page.goto("/staff/procedures/")
        studio.take(page, "designer-list")
        page.goto(DESIGN)
        # the preview in its frame
        page.frame_locator("iframe[name=preview]").get_by_role("heading", level=1).wait_for()
        studio.take(page, "designer-tablet")
        page.goto(f"{DESIGN}sections/{SECTION}/add/")
        studio.take(page, "designer-kinds")
        page.goto(f"{DESIGN}fields/{QUESTION}/")
        page.frame_locator("iframe[name=preview]").get_by_role("heading", level=1).wait_for()
        studio.take(page, "designer-field")
        page.locator("#place-title").evaluate("heading => heading.scrollIntoView({block: 'center'})")
        studio.take(page, "designer-place")
        page.goto(f"{DESIGN}fields/{QUESTION}/logic/visible/")
        page.locator("#subject").select_option(index=1)
        page.get_by_role("button", name="条件を追加").click()
        studio.take(page, "designer-condition")


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures of the README from a running demo.")
    parser.add_argument("--origin", default="http://localhost:8000")
    origin = parser.parse_args().origin
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        studio = Studio(browser, origin)
        take_residents_pages(studio)
        take_guide(studio)
        take_notice(studio)
        take_notices_to_many(studio)
        take_hall(studio)
        take_counter(studio)
        take_staff_pages(studio)
        take_designer(studio)
        browser.close()


if __name__ == "__main__":
    main()
