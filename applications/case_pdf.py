"""A case on paper for the city's own file: what was asked for, what happened, what was decided."""

import io
from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import timezone

from applications.copy_pdf import STYLE
from applications.queries.cases import CaseFile
from cityhall.html_pdf import html_pdf
from cityhall.models import User
from cityhall.queries.city import municipality

_A4 = (595.28, 841.89)


def case_pdf(file: CaseFile, *, by: User) -> bytes:
    """A4 pages of what this person may see of a case. About 0.3 s; fetches nothing."""
    context = {"file": file, "case": file.case, "city": municipality(), "by": by, "now": timezone.now()}
    html = render_to_string("applications/case_print.html", context)
    return html_pdf(html, style=STYLE)


def joined(documents: Sequence[bytes]) -> bytes:
    """One file for the printer; each document keeps its own numbers of pages and begins on a fresh sheet."""
    import pikepdf

    with pikepdf.new() as whole:
        for document in documents:
            if len(whole.pages) % 2:
                whole.add_blank_page(page_size=_A4)
            with pikepdf.open(io.BytesIO(document)) as part:
                whole.pages.extend(part.pages)
        target = io.BytesIO()
        whole.save(target)
        return target.getvalue()
