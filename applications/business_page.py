"""What this app shows on the page of a business: what its members have filed for it."""

from typing import Any

from django.http import HttpRequest

from applications.queries.mine import filings_of
from applications.steps import chip
from cityhall.pages import keyset_page
from cityhall.registry import SubjectPanel, business_panels
from residents.models import Business

PAGE_SIZE = 20


def register_business_page() -> None:
    """Called once, from `AppConfig.ready`."""
    business_panels.register(
        "applications.filings", SubjectPanel("applications/_business_filings.html", latest_filings), position=10
    )


def latest_filings(request: HttpRequest, business: Business) -> dict[str, Any]:
    """Filings of all members, newest first. Only members see the page, and each of them may open them all."""
    page = keyset_page(filings_of(business), order=("-id",), after=request.GET.get("after", ""), size=PAGE_SIZE)
    return {
        "filings": [(application, chip(application)) for application in page.rows],
        "next_url": f"?after={page.next_cursor}" if page.next_cursor else "",
    }
