"""The public check page in a browser: dropping a file, and what is there without JavaScript."""

import pytest
from django.urls import reverse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DROP = """(part) => {
  const carried = new DataTransfer();
  carried.items.add(new File(["%PDF-1.7 x"], "通知書.pdf", { type: "application/pdf" }));
  const send = (kind) => part.dispatchEvent(
    new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }),
  );
  send("dragover");
  const isOver = part.classList.contains("drop--over");
  send("drop");
  const { files } = part.querySelector("input[type=file]");
  return [isOver, part.classList.contains("drop--over"), ...[...files].map((file) => file.name)];
}"""


def test_dropped_file_is_the_chosen_one(open_browser, municipality):
    page = open_browser()
    page.goto(reverse("notices:verify"))
    assert page.locator("[data-drop]").evaluate(DROP) == [True, False, "通知書.pdf"]
    assert page.locator(".file-list__name", has_text="通知書.pdf").is_visible()
    assert page.problems == []


def test_camera_is_offered_with_scripts_only(open_browser, municipality):
    button = "[data-scan-start]"
    page = open_browser()
    page.goto(reverse("notices:verify"))
    assert page.locator(button).is_visible()
    plain = open_browser(javascript=False)
    plain.goto(reverse("notices:verify"))
    assert not plain.locator(button).is_visible()
    assert plain.get_by_role("textbox").is_visible()
