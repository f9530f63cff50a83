"""A real browser against a real server: Chromium from the system, the live server on localhost."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from portal import sessions

# sync Playwright keeps a loop running in the main thread
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1180, "height": 820}
DESK = {"width": 1440, "height": 900}


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
def open_browser(browser, origin):
    """Make a browser window for somebody: a size, signed in or not, with or without JavaScript."""
    contexts = []

    def make(user=None, size=PHONE, javascript=True):
        context = browser.new_context(
            base_url=origin, viewport=size, locale="ja-JP", timezone_id="Asia/Tokyo", java_script_enabled=javascript
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_cookie(user, origin)])
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(f"script: {error}"))
        page.on(
            "console",
            lambda message: (
                page.problems.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        return page

    yield make
    problems = [problem for context in contexts for page in context.pages for problem in page.problems]
    for context in contexts:
        context.close()
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


@pytest.fixture
def axe():
    """Assert that a page breaks no accessibility rule."""

    def check(page):
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
            ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', ')))",
            AXE_RULES,
        )
        assert found == [], f"{page.url}: {found}"

    return check
