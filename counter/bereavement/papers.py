"""What the corner prints: the sheet of each department, and what the family takes home. A4; fetches nothing."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string

from cityhall.html_pdf import html_pdf
from cityhall.models import User
from cityhall.queries.city import municipality
from counter.models import Bereavement, BereavementSheet
from counter.queries.bereavements import family_list, told_to, visit_of
from counter.sheets import STYLE


def sheets_pdf(row: Bereavement, sheets: Sequence[BereavementSheet], *, by: User, now: dt.datetime) -> bytes:
    """Each department on pages of its own, with what it may read and nothing else."""
    for sheet in sheets:
        # read by the caller already, with its booking
        sheet.bereavement = row
    told = [(sheet, told_to(sheet)) for sheet in sheets]
    return _pdf("sheets", {"row": row, "told": told, "by": by, "now": now})


def family_pdf(row: Bereavement, *, again: int, now: dt.datetime) -> bytes:
    """`again`: how often it was printed before."""
    context = {"row": row, "visit": visit_of(row), "list": family_list(row, now), "again": again, "now": now}
    return _pdf("family", context)


def _pdf(name: str, context: dict[str, Any]) -> bytes:
    html = render_to_string(f"counter/bereavement/print/{name}.html", context | {"city": municipality()})
    return html_pdf(html, style=STYLE)
