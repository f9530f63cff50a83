"""The receipt of a fee (領収書) and the list of a closed day (日計表) as PDF."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from cityhall.html_pdf import html_pdf
from cityhall.queries.city import municipality

STYLE = Path(__file__).parent / "print" / "copy.css"


def fee_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """A4 of one of the templates in applications/fees. Fetches nothing."""
    html = render_to_string(f"applications/fees/{template}", {**context, "city": municipality()})
    return html_pdf(html, style=STYLE)
