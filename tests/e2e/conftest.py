"""A real browser against a real server: Chromium from the system, the live server on localhost."""

import datetime as dt
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import connections
from django.test import Client
from playwright.sync_api import expect

from applications.services.catalogue import FOLDER
from notices.demo_ca import make_demo_ca
from portal import sessions
from portal.demo_city.city_hall import load_city_hall

# sync Playwright keeps a loop running in the main thread
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
WALKED = "jido-teate-nintei"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1180, "height": 820}
DESK = {"width": 1440, "height": 900}
# a machine that does much else at the same time is slow, not wrong
WAIT = 60_000
expect.set_options(timeout=WAIT)
# stands on a page until its scripts have run, so that nothing is pressed before they hear of it
MARK_LOADING = """
  const mark = () => document.documentElement?.toggleAttribute("data-loading", document.readyState !== "complete");
  mark();
  document.addEventListener("readystatechange", mark);
  addEventListener("load", mark);
"""


class UnderWay:
    """The requests that the live server is at work on."""

    def __init__(self):
        self.count, self.changed = 0, threading.Condition()
        request_started.connect(self.started)
        request_finished.connect(self.finished)

    def started(self, **_more):
        with self.changed:
            self.count += 1

    def finished(self, **_more):
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def wait(self):
        """Until none is: what a page asked for last must not write into the emptied tables of the next test."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.count == 0, timeout=WAIT / 1000)


@pytest.fixture(scope="session")
def under_way():
    return UnderWay()


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": shutil.which("chromium") or "/usr/bin/chromium",
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
        ],
    }


@pytest.fixture
def origin(live_server):
    """The server under a name: passkeys and cookies want a domain, not a number."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def open_browser(browser, origin, under_way):
    """Make a browser window for somebody: a size, signed in or not, with or without JavaScript, with a touch screen.

    Nothing is pressed, typed or looked for on it before the page is loaded and its scripts have run.
    """
    contexts = []

    def make(user=None, size=PHONE, javascript=True, touch=False):
        context = browser.new_context(
            base_url=origin,
            viewport=size,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            java_script_enabled=javascript,
            has_touch=touch,
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_cookie(user, origin)])
        context.add_init_script(MARK_LOADING)
        page = context.new_page()
        page.add_locator_handler(page.locator("html[data-loading]"), lambda _html: None)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(f"script: {error}"))
        page.on(
            "console",
            lambda message: page.problems.append(message.text) if "Content Security Policy" in message.text else None,
        )
        return page

    yield make
    problems = [problem for context in contexts for page in context.pages for problem in page.problems]
    for context in contexts:
        context.close()
    under_way.wait()
    assert problems == []


def session_cookie(user, origin):
    """A session as the sign-in leaves it; the sign-in itself has its own test."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    sessions.start(session, is_staff=user.is_staff)
    if user.is_staff:
        sessions.note_second_factor(session, user.username)
    session.save()
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": origin}


@pytest.fixture(scope="session")
def _signing_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signing")
    moment = dt.datetime.now(dt.UTC)
    make_demo_ca(key_path=folder / "city.p12", ca_path=folder / "ca.pem", password="", city_name="緑野市", now=moment)
    return folder


@pytest.fixture
def city_key(settings, origin, _signing_folder):
    """The city can sign, and its documents lead to this server."""
    settings.SIGNING_KEY_PATH = _signing_folder / "city.p12"
    settings.SIGNING_CA_PATH = _signing_folder / "ca.pem"
    settings.SIGNING_KEY_PASSWORD = ""
    settings.SITE_URL = origin


@pytest.fixture(scope="session")
def _one_procedure(tmp_path_factory):
    """The catalogue without the other seventy procedures, which would be read, too, every time."""
    folder = tmp_path_factory.mktemp("catalogue") / FOLDER.name
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("guides"))
    for file in folder.glob("procedures/*.yaml"):
        if file.stem != WALKED:
            file.unlink()
    return folder


@pytest.fixture
def city(municipality, departments, city_key, _one_procedure):
    """The demo's city hall with the procedure of the walk; people come from the cast."""
    load_city_hall()
    call_command("load_catalogue", folder=_one_procedure, only=[WALKED], verbosity=0)


def in_worker(*tasks):
    """Run tasks one after another as the worker would: in a thread of its own, where no browser's loop runs."""

    def run():
        try:
            return [task() for task in tasks]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(run).result()


def wait_until(page, is_so):
    """Look again and again while the browser goes on; for what no page shows. Fails when it does not come."""
    for _try in range(WAIT // 100):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to pass")


def stop_clock(page):
    """From the next page on its scripts see time pass by `page.clock.run_for` only, however slow the machine is."""
    now = dt.datetime.now(dt.UTC)
    page.clock.install(time=now)
    page.clock.pause_at(now + dt.timedelta(hours=1))


def violations(page):
    """What axe finds on the page shown. Run over the debugging protocol: the page's own CSP stays on."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    return page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', ')))",
        AXE_RULES,
    )


@pytest.fixture
def axe():
    """Assert that a page breaks no accessibility rule."""

    def check(page):
        found = violations(page)
        assert found == [], f"{page.url}: {found}"

    return check
