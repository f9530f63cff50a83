"""The result of a guide as PDF, to take along."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from applications.copy_pdf import no_addresses
from cityhall.queries.city import municipality

STYLE = Path(__file__).parent / "print" / "guide.css"


def guide_pdf(*, title: str, made_on: dt.date, event_day: dt.date | None, **result: Any) -> bytes:
    """A4 pages with every result, and the list of papers. About 0.2 s; fetches nothing."""
    # takes a quarter of a second and 60 MB to load: only workers that print pay for it
    from weasyprint import CSS, HTML

    context = {"title": title, "made_on": made_on, "event_day": event_day, "city": municipality(), **result}
    html = render_to_string("applications/guide/print.html", context)
    style = CSS(filename=STYLE, url_fetcher=no_addresses)
    return bytes(HTML(string=html, url_fetcher=no_addresses).write_pdf(stylesheets=[style]) or b"")
