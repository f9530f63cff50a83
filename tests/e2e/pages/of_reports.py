"""Pages of reports from the street, for those who report and those who work on them."""

from urllib.parse import urlsplit

from django.urls import reverse

from applications.models import Report
from tests.e2e import filing


def visit_reports(walk, page):
    """A report from its kind to its number."""
    walk.visit(page, [reverse(f"applications:report_{name}") for name in ("list", "kinds", "find")])
    form, check = (reverse(f"applications:report_{name}", args=["road"]) for name in ("new", "check"))
    walk.visit(page, [form])
    page.get_by_label("場所の説明").fill("市役所の前")
    page.get_by_label("状況").fill("穴があります。")
    filing.press_through(page, "次へ（内容の確認）")
    walk.visit(page, [check])
    filing.press_through(page, "この内容で送る")
    walk.visit(page, [urlsplit(page.url).path])


def pages_of_staff_reports(_user):
    yield from (reverse(f"applications:staff_report_{name}") for name in ("list", "map"))
    yield reverse("applications:staff_report", args=[Report.objects.filter(photos__isnull=False).first().public_id])
