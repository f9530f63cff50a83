"""What the checks that walk through the product in a real browser share: windows, pictures, steps printed."""

import datetime as dt
import io
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import demo_servers
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

TABLET = {"width": 1180, "height": 820}
PHONE = {"width": 390, "height": 844}
CHROMIUM = "/usr/bin/chromium"
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
    pages: dict[str, Page] = field(default_factory=dict)

    def say(self, text: str) -> None:
        self.number += 1
        print(f"{self.number:2}. {text}", flush=True)

    def page(self, email: str, *, size: dict[str, int], javascript: bool = True) -> Page:
        """A window of its own in which somebody of the demo has signed in."""
        if email not in self.pages:
            context = self.browser.new_context(
                base_url=self.origin,
                viewport=size,
                locale="ja-JP",
                timezone_id="Asia/Tokyo",
                java_script_enabled=javascript,
            )
            page = context.new_page()
            page.goto("/demo/")
            with page.expect_navigation():
                page.locator(".demo-account", has_text=email).get_by_role("button").click()
            self.pages[email] = page
        return self.pages[email]

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

    def photo(self) -> Path:
        """A photo as a phone makes it."""
        content = io.BytesIO()
        Image.effect_noise((1200, 900), 40).convert("RGB").save(content, "JPEG")
        path = self.folder / "photo.jpg"
        path.write_bytes(content.getvalue())
        return path


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


def run(walk_through: Callable[[Walk, dict[str, str]], None], done: str) -> int:
    """Start a fresh product with a mail server, walk, and say how it ended: 0 or 1."""
    folder = Path(tempfile.mkdtemp(prefix="frontyard-check-"))
    port = demo_servers.free_port()
    print(f"Pictures, files and logs: {folder}")
    try:
        with demo_servers.smtp(folder / "mails") as (box, smtp_port):
            env = demo_servers.environment(folder, port, smtp_port)
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
