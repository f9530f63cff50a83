"""The receipt of a fee (領収書) and the list of a closed day (日計表) as PDF."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from applications.copy_pdf import no_addresses
from cityhall.queries.city import municipality

STYLE = Path(__file__).parent / "print" / "copy.css"


def fee_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """A4 of one of the templates in applications/fees. Fetches nothing."""
    # takes a quarter of a second and 60 MB to load: only workers that print pay for it
    from weasyprint import CSS, HTML

    html = render_to_string(f"applications/fees/{template}", {**context, "city": municipality()})
    style = CSS(filename=STYLE, url_fetcher=no_addresses)
    return bytes(HTML(string=html, url_fetcher=no_addresses).write_pdf(stylesheets=[style]) or b"")
