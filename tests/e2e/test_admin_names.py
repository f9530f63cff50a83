"""A name in many languages in the admin: every box is in sight, and reached by a mouse."""

import pytest
from django.urls import reverse

from cityhall.languages import LANGUAGES
from tests.applications import guidekit
from tests.e2e.conftest import DESK, PHONE, TABLET

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_language_has_a_row_of_its_own(open_browser, municipality, administrator):
    event = guidekit.make_event("birth")
    page = open_browser(administrator, size=TABLET)
    page.goto(reverse("admin:applications_lifeevent_change", args=[event.pk]))
    boxes = page.locator(".names input")
    for size in (PHONE, TABLET, DESK):
        page.set_viewport_size(size)
        places = [box.bounding_box() for box in boxes.all()]
        assert len(places) == len(LANGUAGES)
        assert [one for one in places if one["x"] < 0 or one["x"] + one["width"] > size["width"]] == []
        assert len({round(one["y"]) for one in places}) == len(LANGUAGES)
