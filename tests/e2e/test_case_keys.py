"""The work list by keyboard: j and k, x, /, ?, and Enter; letters stay letters in a field."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications.enums import ApplicationState
from cityhall.references import format_number
from tests.applications.casekit import make_case, make_procedure
from tests.e2e.conftest import TABLET

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cases(municipality, department, resident, another_resident):
    procedure = make_procedure(department, notices=False)
    people = (resident, another_resident, resident)
    return [make_case(procedure, person, state=ApplicationState.SUBMITTED) for person in people]


@pytest.fixture
def page(open_browser, cases, handler):
    page = open_browser(handler, size=TABLET)
    page.goto(reverse("applications:case_list"))
    return page


def link(page, place):
    return page.locator("[data-case-link]").nth(place)


def press(page, keys):
    for key in keys:
        page.keyboard.press(key)


def test_j_and_k_go_along_the_list_and_enter_opens(page, cases):
    press(page, "j")
    expect(link(page, 0)).to_be_focused()
    press(page, "jj")
    expect(link(page, 2)).to_be_focused()
    # the last one stays the last one
    press(page, "j")
    expect(link(page, 2)).to_be_focused()
    press(page, "k")
    expect(link(page, 1)).to_be_focused()
    wanted = link(page, 1).get_attribute("href")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(wanted)
    assert wanted in [reverse("applications:case_detail", args=[case.public_id]) for case in cases]


def test_x_ticks_and_question_mark_shows_the_keys(page):
    press(page, "jx")
    expect(page.locator("[data-case-row] input[type=checkbox]").first).to_be_checked()
    press(page, "x")
    expect(page.locator("[data-case-row] input[type=checkbox]").first).not_to_be_checked()
    keys = page.locator("#case-keys")
    press(page, "?")
    expect(keys).to_have_attribute("open", "")
    expect(keys.locator("summary")).to_be_focused()
    press(page, "?")
    expect(keys).not_to_have_attribute("open", "")


def test_a_field_takes_letters_as_letters(page, cases):
    press(page, "/")
    field = page.locator("input[name=text]")
    expect(field).to_be_focused()
    page.keyboard.type("jkx?/")
    expect(field).to_have_value("jkx?/")
    expect(page.locator("#case-keys")).not_to_have_attribute("open", "")
    number = format_number(cases[1].number)
    field.fill(number)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[data-case-row]")).to_have_count(1)
    press(page, "j")
    expect(link(page, 0)).to_have_text(number)


def test_keys_of_the_browser_stay_the_browsers(page):
    press(page, ["Control+j", "Alt+j"])
    expect(link(page, 0)).not_to_be_focused()
