"""What a page costs whoever opens it on the way."""

import pytest
from django.urls import reverse

from tests.e2e import filing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_BYTES = 100_000


def test_pages_weigh_at_most_100_kilobytes_before_pictures(open_browser, city, resident):
    page = open_browser(resident.user)
    weights = {}

    def weigh(response):
        if response.request.resource_type in {"document", "stylesheet", "script"} and response.ok:
            weights[response.url] = len(response.body())

    page.on("response", weigh)
    page.goto(reverse("applications:procedure_detail", args=[filing.PROCEDURE_KEY]))
    filing.press_through(page, "申請する")
    form_page = page.url
    # what is still on its way belongs to this page, not to the next
    page.wait_for_load_state("networkidle")
    for path in ("/", reverse("applications:procedure_detail", args=[filing.PROCEDURE_KEY]), form_page):
        weights.clear()
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert len(weights) > 5
        assert sum(weights.values()) <= MOST_BYTES, (path, sum(weights.values()), weights)
