"""The short address of a procedure, its QR code, and the poster that shows both."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from applications.enums import ProcedureMode
from applications.models import Procedure
from applications.procedure_facts import procedure_facts
from cityhall.qr import qr_svg
from cityhall.queries.city import municipality

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcherResponse

STYLE = Path(__file__).parent / "print" / "poster.css"
QR_ADDRESS = "poster:qr"
FACTS = 5
"""Rows of facts on a poster; more cannot be read from where people stand."""


def short_url(procedure: Procedure) -> str:
    """The whole short address, as people type it. It stays the same for good, whatever the procedure is called."""
    return settings.SITE_URL + reverse("applications:short_address", args=[procedure.short_code])


def poster_pdf(procedure: Procedure) -> bytes:
    """One A4 page to hang up: name, summary, QR code, short address. About 0.3 s; fetches nothing."""
    # takes a quarter of a second and 60 MB to load: only workers that print pay for it
    from weasyprint import CSS, HTML

    url = short_url(procedure)
    html = render_to_string(
        "applications/poster.html",
        {
            "procedure": procedure,
            "facts": procedure_facts(procedure)[:FACTS],
            "qr_address": QR_ADDRESS,
            "is_guide": procedure.mode == ProcedureMode.GUIDE_ONLY,
            "address": url.partition("://")[2],
            "city": municipality(),
        },
    )
    fetch = partial(_fetch, qr=qr_svg(url))
    return bytes(HTML(string=html, url_fetcher=fetch).write_pdf(stylesheets=[CSS(filename=STYLE)]) or b"")


def _fetch(url: str, *, qr: str) -> "URLFetcherResponse":
    """The one picture of the poster. Raises ValueError for any other address: nothing is fetched."""
    from weasyprint.urls import URLFetcherResponse

    if url != QR_ADDRESS:
        raise ValueError(url)
    return URLFetcherResponse(url, qr.encode(), {"Content-Type": "image/svg+xml"})
