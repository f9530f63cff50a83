"""Pages of the guide, walked by a resident and tried out by staff."""

import datetime as dt
from urllib.parse import urlsplit

from django.urls import reverse

from cityhall.days import today
from tests.e2e import guides


def visit_guide(walk, page, start, pages_of):
    """A guide from its beginning to the result, as a resident or in a trial of staff."""
    walk.visit(page, [start])
    passed = guides.walk_to_summary(page, start, today() - dt.timedelta(days=20))
    paths = [urlsplit(path).path for path in [*passed, page.url]]
    walk.visit(page, [*paths, *pages_of])


def pages_of_guides():
    yield from (reverse(f"applications:{name}") for name in ("guide_list", "guide_open"))
    yield reverse("applications:guide_result", args=["bereavement"])


def pages_of_staff_guides():
    yield reverse("applications:staff_guide_list")
    yield from (reverse(f"applications:{name}", args=["birth"]) for name in ("staff_guide", "staff_guide_upload"))
    yield reverse("applications:staff_guide_version", args=["birth", 1])
    yield reverse("applications:guide_try_result", args=["birth", 1])
