"""A place on a blank form: drawn with the mouse, typed by keyboard without JavaScript, and printed where it was put."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cityhall.enums import Role
from counter.models import LayoutField
from tests import factories
from tests.counter.layoutkit import make_layout, spot
from tests.counter.test_layouts_print import with_document
from tests.e2e.conftest import TABLET, in_worker, violations
from tests.e2e.filing import press, press_through

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def drawn_on(city):
    """A draft with one place, and the administrator who makes it."""

    def make():
        by = factories.make_staff(role=Role.ADMINISTRATOR)
        procedure = with_document(factories.make_department())
        return make_layout(procedure, by, spot(question="who")), by

    return in_worker(make)[0]


def numbers(page):
    return [float(page.locator(f"[name={name}]").input_value()) for name in ("x", "y", "width", "height")]


def test_a_place_is_drawn_and_moved_with_the_mouse(open_browser, drawn_on):
    layout, by = drawn_on
    page = open_browser(by, size=TABLET)
    page.goto(reverse("counter:layout", args=[layout.procedure.key, layout.number]))
    page.get_by_role("link", name="印字する項目を加える").click()
    paper = page.locator("[data-layout-place]")
    expect(paper).to_be_visible()
    assert violations(page) == []
    box = paper.bounding_box()
    scale = box["width"] / 210

    def at(x, y):
        page.mouse.move(box["x"] + x * scale, box["y"] + y * scale)

    at(40, 100)
    page.mouse.down()
    at(100, 110)
    page.mouse.up()
    assert numbers(page) == pytest.approx([40, 100, 60, 10], abs=1)
    at(50, 150)
    page.mouse.down()
    page.mouse.up()
    assert numbers(page) == pytest.approx([50, 150, 60, 10], abs=1)
    page.locator("[name=source]").select_option("q:mail")
    press_through(page, "保存する")
    row = in_worker(lambda: LayoutField.objects.get(layout=layout, number=2))[0]
    assert (float(row.x), float(row.y)) == pytest.approx((50, 150), abs=1)


def test_a_place_is_typed_without_javascript(open_browser, drawn_on):
    layout, by = drawn_on
    page = open_browser(by, size=TABLET, javascript=False)
    page.goto(reverse("counter:layout_field_add", args=[layout.procedure.key, layout.number]))
    page.locator("[name=source]").select_option("q:why")
    page.locator("[name=y]").fill("295")
    press(page, "保存する")
    expect(page.locator(".error-summary")).to_contain_text("用紙の下にはみ出します")
    page.locator("[name=y]").fill("120")
    press(page, "保存する")
    expect(page.get_by_text("理由").first).to_be_visible()
    assert in_worker(lambda: LayoutField.objects.get(layout=layout, number=2).y)[0] == 120
