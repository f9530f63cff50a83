"""The keyboard alone: what has the focus is seen, in the order of the page."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e import filing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def focused(page):
    """What has the focus, and whether one sees it: a ring around itself or around its card, on the screen."""
    return page.evaluate(
        """() => {
          const at = document.activeElement, box = at.getBoundingClientRect();
          const hasRing = (element) => {
            const style = getComputedStyle(element);
            return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
          };
          const card = at.closest("label, li") ?? at;
          return {
            tag: at.tagName,
            name: at.name || at.textContent.trim(),
            ring: hasRing(at) || hasRing(card),
            inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
          };
        }"""
    )


def tab_through(page, most=80):
    """Press Tab until the focus comes round; every stop."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = focused(page)
        if stop["tag"] == "BODY" or stop in stops[:1]:
            break
        stops.append(stop)
    return stops


def test_keyboard_alone_signs_in(open_browser, city, resident):
    page = open_browser()
    page.goto(reverse("account_login"))
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "本文へ進む"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    stops = tab_through(page)
    names = [stop["name"] for stop in stops]
    assert names.index("login") < names.index("password")
    assert [stop for stop in stops if not (stop["ring"] and stop["inside"])] == []


def test_keyboard_alone_fills_a_page_and_hears_what_is_wrong(open_browser, city, resident):
    page = open_browser(resident.user)
    page.goto(reverse("applications:procedure_detail", args=[filing.PROCEDURE_KEY]))
    filing.press(page, "申請する")
    filing.go_on(page, "請求する方と配偶者")
    stops = tab_through(page)
    assert [stop for stop in stops if not (stop["ring"] and stop["inside"])] == []
    names = [stop["name"] for stop in stops]
    wanted = [
        "q-reason",
        "q-event_date.era",
        "q-pension",
        "q-lived_elsewhere",
        "q-has_spouse",
        "action",
    ]
    assert [name for name in names if name in wanted][: len(wanted)] == wanted
    page.get_by_role("group", name="理由が生じた日").get_by_label("年", exact=True).press("Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(5)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("name", "q-reason")
