"""Pages of a prefill at home: from the beginning to the code, and what is said once it is deleted."""

from urllib.parse import urlsplit

from django.urls import reverse

from tests.e2e import filing
from tests.e2e.conftest import in_worker, violations
from tests.e2e.pages import of_booking

WORDS = "児童手当"


def at(name, *parts):
    return reverse(f"counter:home_{name}", args=parts)


def visit_as_visitor(walk, page):
    """Two procedures, every page of their one form with what is missing on it, and all that follows."""
    walk.visit(page, [at("start"), at("choose"), f"{at('choose')}?q=ありえないことば"])
    choose(page, WORDS)
    filing.press_through(page, "選んで、ほかの手続も探す")
    walk.visit(page, [at("choose")])
    filing.press_through(page, "入力に進む")
    for path in pages_passed(page):
        walk.visit(page, [f"{path}?check=1", path])
    walk.visit(page, [at(name) for name in ("check", "code", "booking", "mail", "start")])
    visit_contact(walk, page)
    walk.visit(page, [at("delete")])
    filing.press_through(page, "削除する")
    walk.visit(page, [at("start")])
    page.goto(at("code"))
    walk.found.extend(f"ended prefill: {violation}" for violation in violations(page))


def visit_contact(walk, page):
    """Booking's page of who comes, on the way from the prefill: with what was typed at home."""
    day = in_worker(of_booking.free_day)[0]
    page.goto(at("booking"))
    with page.expect_navigation():
        page.get_by_role("button", name="日時を選ぶ").first.click()
    page.goto(of_booking.at("booking_day", of_booking.SERVICE, of_booking.PLACE, day.isoformat()))
    with page.expect_navigation():
        page.locator("button.booking-times__time").first.click()
    walk.visit(page, [urlsplit(page.url).path])


def choose(page, words, most=2):
    """Find procedures by words and tick the first ones."""
    page.goto(f"{at('choose')}?q={words}")
    boxes = page.locator("input[name=procedure]")
    for number in range(min(most, boxes.count())):
        boxes.nth(number).check()


def pages_passed(page):
    """The addresses of the pages of questions, gone through without an answer."""
    passed = []
    while "/check/" not in page.url:
        path = urlsplit(page.url).path
        if path not in passed:
            passed.append(path)
        assert len(passed) < 40, passed
        later = page.get_by_role("button", name="わからないところは窓口で答えて、先へ進む")
        with page.expect_navigation():
            (later if later.count() else page.get_by_role("button", name="次へ", exact=True)).click()
    return passed
