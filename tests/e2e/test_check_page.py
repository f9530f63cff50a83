"""The public check page in a browser: dropping a file, and what is there without JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

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
    expect(page.locator(".file-list__name", has_text="通知書.pdf")).to_be_visible()
    assert page.problems == []


def test_camera_is_offered_with_scripts_only(open_browser, municipality):
    button = "[data-scan-start]"
    page = open_browser()
    page.goto(reverse("notices:verify"))
    expect(page.locator(button)).to_be_visible()
    plain = open_browser(javascript=False)
    plain.goto(reverse("notices:verify"))
    expect(plain.get_by_role("textbox")).to_be_visible()
    expect(plain.locator(button)).to_be_hidden()
