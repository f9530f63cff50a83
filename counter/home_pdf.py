"""The code of a prefill on paper: a sheet to bring, and a card for the wallet. Nothing typed stands on them."""

from pathlib import Path
from typing import Any, Final

from django.template.loader import render_to_string

from cityhall.days import today
from cityhall.html_pdf import html_pdf
from cityhall.qr import qr_inline
from cityhall.queries.city import municipality

_STYLES: Final = Path(__file__).parent / "print"


def sheet(*, code: str, **facts: Any) -> bytes:
    """One sheet of A4: the code, the digits, until when, and what to bring. About 0.2 s; fetches nothing."""
    return _pdf("sheet", code, facts)


def card(*, code: str, **facts: Any) -> bytes:
    """The code in the size of a bank card."""
    return _pdf("card", code, facts)


def _pdf(name: str, code: str, facts: dict[str, Any]) -> bytes:
    context = {**facts, "qr": qr_inline(code), "city": municipality(), "made_on": today()}
    return html_pdf(render_to_string(f"counter/home/{name}.html", context), style=_STYLES / f"home_{name}.css")
