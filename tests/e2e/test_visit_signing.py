"""A visit is signed with a finger on the tablet and received with one button."""

import pytest
from django.urls import reverse

from applications.models import Application
from cityhall.models import StoredFile
from counter.models import VisitSignature
from tests.counter import fillkit, receivingkit
from tests.e2e.conftest import TABLET, in_worker, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def draw(page):
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    for x, y in ((200, 120), (300, 40), (420, 150), (560, 60)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=5)
    page.mouse.up()


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_resident_signs_with_a_finger_and_everything_is_received(
    open_browser, municipality, department, clerk, resident
):
    procedures = [receivingkit.make_procedure(department, name=name) for name in ("転入届", "児童手当")]
    visit = receivingkit.reviewing(fillkit.make_place(department), clerk, procedures, resident=resident)
    page = open_browser(clerk, size=TABLET)
    page.goto(reverse("counter:visit_sign", args=[visit.public_id]))
    page.get_by_role("button", name="署名する", exact=True).click()
    # an empty box goes nowhere
    page.get_by_role("status").filter(has_text="まだ何も書かれていません。").wait_for()
    draw(page)
    page.get_by_role("button", name="書き直す").click()
    page.get_by_role("button", name="署名する", exact=True).click()
    page.get_by_role("status").filter(has_text="まだ何も書かれていません。").wait_for()
    draw(page)
    assert violations(page) == []
    press(page, "署名する")
    page.get_by_role("checkbox", name="本人確認書類の写し").check()
    assert violations(page) == []
    press(page, "2件を受け付ける")
    assert violations(page) == []
    numbers, drawn = in_worker(_received)[0]
    assert drawn > 0
    assert [page.get_by_text(f"{one[:4]}-{one[4:8]}-{one[8:]}").count() for one in numbers] == [1, 1]


@pytest.mark.parametrize("count", [1, 12])
def test_box_to_sign_is_whole_on_the_tablet_and_keeps_its_shape(
    open_browser, municipality, department, clerk, resident, count
):
    procedures = [
        receivingkit.make_procedure(department, name=f"とても長い名前の届出と申請その{n}") for n in range(count)
    ]
    visit = receivingkit.reviewing(fillkit.make_place(department), clerk, procedures, resident=resident)
    page = open_browser(clerk, size=TABLET)
    page.goto(reverse("counter:visit_sign", args=[visit.public_id]))
    box, buttons = page.locator("canvas").bounding_box(), page.locator(".visit-next").bounding_box()
    assert page.evaluate("document.scrollingElement.scrollHeight") == TABLET["height"]
    assert box["height"] >= 200
    assert 0 < box["y"] < box["y"] + box["height"] <= buttons["y"]
    # the last procedure is reached without moving the box
    page.get_by_role("listitem").last.scroll_into_view_if_needed()
    assert page.locator("canvas").bounding_box() == box
    draw(page)
    # what is stored is as wide and as high as what was seen
    width, height = page.locator("canvas").evaluate("one => [one.width, one.height]")
    assert width / height == pytest.approx(box["width"] / box["height"], rel=0.02)


def _received():
    file = VisitSignature.objects.get().file
    return list(Application.objects.values_list("number", flat=True)), StoredFile.objects.get(pk=file.pk).size
