"""What the checks that walk through the product in a real browser share: windows, pictures, steps printed."""

import datetime as dt
import io
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import demo_servers
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

TABLET = {"width": 1180, "height": 820}
PHONE = {"width": 390, "height": 844}
CHROMIUM = "/usr/bin/chromium"
AXE = demo_servers.ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def today() -> dt.date:
    """The day of the city, wherever this runs."""
    return dt.datetime.now(ZoneInfo("Asia/Tokyo")).date()


@dataclass
class Walk:
    """The run: the browser, and where its pictures go."""

    origin: str
    folder: Path
    browser: Browser
    mails: demo_servers.MailBox
    product: demo_servers.Product
    number: int = 0
    taps_twice: bool = False
    """Whether this is somebody who taps every button twice."""
    pages: dict[str, Page] = field(default_factory=dict)

    def say(self, text: str) -> None:
        self.number += 1
        print(f"{self.number:2}. {text}", flush=True)

    def page(self, email: str, *, size: dict[str, int], javascript: bool = True, camera: bool = False) -> Page:
        """A window of its own in which somebody of the demo has signed in."""
        if email not in self.pages:
            context = self.browser.new_context(
                base_url=self.origin,
                viewport=size,
                locale="ja-JP",
                timezone_id="Asia/Tokyo",
                java_script_enabled=javascript,
            )
            if camera:
                context.grant_permissions(["camera"], origin=self.origin)
            page = context.new_page()
            page.goto("/demo/")
            with page.expect_navigation():
                page.locator(".demo-account", has_text=email).get_by_role("button").click()
            self.pages[email] = page
        return self.pages[email]

    def press(self, page: Page, button: Locator, meanwhile: Callable[[], object] | None = None) -> None:
        """Press what leads to another page, once or with a nervous finger; `meanwhile` happens before it is there."""
        with page.expect_navigation():
            button.dblclick() if self.taps_twice else button.click()
            if meanwhile is not None:
                meanwhile()
        if self.taps_twice:
            # the page that the second tap leads to
            page.wait_for_load_state("networkidle")

    def staff(self) -> Page:
        return self.page("handler@city.example.jp", size=TABLET)

    def window(self, *, size: dict[str, int], device: str = "", camera: bool = False) -> Page:
        """A window of somebody without an account; with `device`, one that the demo made this machine of the hall."""
        context = self.browser.new_context(
            base_url=self.origin, viewport=size, locale="ja-JP", timezone_id="Asia/Tokyo"
        )
        if camera:
            context.grant_permissions(["camera"], origin=self.origin)
        page = context.new_page()
        if device:
            page.goto("/demo/")
            with page.expect_navigation():
                page.locator(".demo-account", has_text=device).get_by_role("button").click()
        return page

    @property
    def camera(self) -> Path:
        """What the cameras of this browser see: a film of one picture, read anew each time a camera is opened."""
        return camera_of(self.folder)

    def picture(self, page: Page, name: str) -> None:
        page.screenshot(path=self.folder / f"{name}.png", full_page=True)

    def look(self, page: Page, name: str) -> None:
        """A picture, of a page that breaks no rule of accessibility. AssertionError with what breaks which.

        Not where everything is done once more: that has been looked at.
        """
        if self.taps_twice:
            return
        self.picture(page, name)
        # over the debugging protocol: the page's own rules for scripts stay on
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
            ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', ')))",
            AXE_RULES,
        )
        if found:
            raise AssertionError(f"{name}: {found}")

    def photo(self) -> Path:
        """A photo as a phone makes it."""
        content = io.BytesIO()
        Image.effect_noise((1200, 900), 40).convert("RGB").save(content, "JPEG")
        path = self.folder / "photo.jpg"
        path.write_bytes(content.getvalue())
        return path


def read_code(picture: Path) -> str:
    """What a QR code says, read by a library that did not draw it."""
    found = zxingcpp.read_barcode(Image.open(picture).convert("RGB"))
    if found is None:
        raise AssertionError(f"{picture.name} is no readable code")
    return str(found.text)


def camera_of(folder: Path) -> Path:
    return folder / "camera.mjpeg"


@contextmanager
def chromium(camera: Path) -> Iterator[Browser]:
    """A browser whose camera is a file."""
    film = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS + film)
        yield browser
        browser.close()


@contextmanager
def keeping_last_pictures(walk: Walk) -> Iterator[None]:
    """When a step fails: what each window showed at that moment."""
    try:
        yield
    except Exception:
        pages = [page for context in walk.browser.contexts for page in context.pages]
        for number, page in enumerate(pages, start=1):
            walk.picture(page, f"failed-{number}")
        raise


def run(
    walk_through: Callable[[Walk, dict[str, str]], None], done: str, settings: Mapping[str, str] = MappingProxyType({})
) -> int:
    """Start a fresh product with a mail server, walk, and say how it ended: 0 or 1."""
    folder = Path(tempfile.mkdtemp(prefix="frontyard-check-"))
    port = demo_servers.free_port()
    print(f"Pictures, files and logs: {folder}")
    try:
        with demo_servers.smtp(folder / "mails") as (box, smtp_port):
            env = demo_servers.environment(folder, port, smtp_port) | dict(settings)
            with demo_servers.product(env, folder, port) as product, chromium(camera_of(folder)) as browser:
                walk = Walk(f"http://localhost:{port}", folder, browser, box, product)
                with keeping_last_pictures(walk):
                    walk_through(walk, env)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the answer is no
        traceback.print_exc()
        print(f"FAILED: {error}")
        return 1
    print(done)
    return 0
