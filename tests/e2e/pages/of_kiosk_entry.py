"""Pages of the tablet on which people fill in at the hall, from the first page to the slip, in every language."""

from django.urls import reverse

from reservations.models import Kiosk
from tests.e2e.conftest import in_worker, violations
from tests.e2e.pages.of_hall import PLACE, _pair, paired


def at(name, *parts, query=""):
    return reverse(f"counter:entry_{name}", args=parts) + (f"?{query}" if query else "")


def visit_entry(walk, open_browser, *, size):
    """Every page with a procedure chosen; of the questions the first page with what is missing on it too."""
    page = stand_before(open_browser, size=size)
    walk.visit(page, [at("start"), at("start", query="lang=ja-easy"), at("start", query="lang=en")])
    begin(page)
    walk.visit(page, [at("choose"), at("choose", query="event=all"), at("choose", query="event=none")])
    choose_first(page)
    walk.visit(page, [at("choose"), at("choose", query="event=all&lang=en")])
    walk.visit(page, [at("page", 1), at("page", 1, query="check=1"), at("page", 1, query="lang=ja-easy")])
    open_help(page)
    walk.found.extend(f"help of the tablet: {violation}" for violation in violations(page))
    walk.visit(page, [at("check")])
    finish(page)
    walk.visit(page, [at("done"), at("done", query="lang=ja-easy")])


def stand_before(open_browser, *, size):
    """The tablet, paired with the machine of the hall."""
    return paired(open_browser, in_worker(_token)[0], size=size)


def begin(page):
    page.goto(at("start"))
    with page.expect_navigation():
        page.locator(".entry-begin").click()


def choose_first(page):
    page.goto(at("choose", query="event=all"))
    with page.expect_navigation():
        page.locator("button[name=add]").first.click()


def open_help(page):
    for one in page.locator(".entry-help summary").all():
        if one.is_visible():
            one.click()


def finish(page):
    page.goto(at("check"))
    with page.expect_navigation():
        page.locator("form[action*='/finish/'] button").click()


def _token():
    return _pair(Kiosk.objects.select_related("device").filter(place__key=PLACE, device__isnull=False).first())
