"""The forms of applications as one file for the printer, in the city's own layout where it has one."""

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application
from cityhall.days import local_date
from cityhall.models import User
from cityhall.services.files import read_bytes
from counter.layouts import NotPrintable, Paper, Sheet, official_pdf, refusal_pdf, spots_of, standard_pdf
from counter.models import FormLayout
from counter.queries.layouts import layouts_in_use
from counter.queries.papers import papers_of


@dataclass(frozen=True)
class Refused:
    """A form that nobody can print by machine, and why in a sentence."""

    application: Application
    why: str


@dataclass(frozen=True)
class Printed:
    """The file, and the forms in it in whose place stands a sheet that says so."""

    content: bytes
    refused: tuple[Refused, ...]


def forms_pdf(applications: Sequence[Application], *, reader: User, reprint: int = 0) -> bytes:
    """The forms in their order in one PDF, each with its own pages and numbers of pages. About 30 ms a form.

    Whoever calls has checked that the reader may see the cases, and audits the printing. Addresses under protection
    are left out for readers who may not see them. A form with a character that no font has becomes a sheet that
    says so (`print_forms` tells which). `reprint`, how often they were printed before, marks every page.
    Raises NothingToPrint.
    """
    return print_forms(applications, reader=reader, reprint=reprint).content


def print_forms(
    applications: Sequence[Application], *, reader: User, reprint: int = 0, now: dt.datetime | None = None
) -> Printed:
    """The same, with what could not be printed."""
    moment = now or timezone.now()
    mark = _("再発行（%(number)s回目）") % {"number": reprint} if reprint else ""
    papers = papers_of(applications, reader=reader, mark=mark)
    layouts = layouts_in_use((one.procedure_id for one in applications), on=local_date(moment))
    made, refused = [], []
    for application, paper in zip(applications, papers, strict=True):
        try:
            made.append(_form(application, paper, layouts, moment))
        except NotPrintable as error:
            refused.append(Refused(application, str(error)))
            made.append(refusal_pdf(paper, str(error), moment=moment))
    return Printed(in_one_file(made), tuple(refused))


def _form(
    application: Application, paper: Paper, layouts: Mapping[int, Sequence[FormLayout]], moment: dt.datetime
) -> bytes:
    layout = _layout_of(application, layouts, moment)
    return (
        standard_pdf(paper, moment=moment) if layout is None else official_pdf(paper, sheet_of(layout), moment=moment)
    )


def _layout_of(
    application: Application, layouts: Mapping[int, Sequence[FormLayout]], moment: dt.datetime
) -> FormLayout | None:
    """The newest that counted on the day the application came in; what came before the first prints on the first."""
    came_on = application.received_on or local_date(application.submitted_at or moment)
    known = layouts.get(application.procedure_id, ())
    return next((one for one in known if one.valid_from <= came_on), known[-1] if known else None)


def sheet_of(layout: FormLayout) -> Sheet:
    """A layout in use as drawing takes it; reads the file."""
    sizes = tuple(tuple(size) for size in layout.page_sizes)
    return Sheet(read_bytes(layout.blank), sizes, spots_of(layout.placed), layout.prints_rest)


def in_one_file(documents: Sequence[bytes]) -> bytes:
    """One file for the printer; each document keeps its own numbers of pages."""
    import pikepdf

    with pikepdf.new() as whole:
        for document in documents:
            with pikepdf.open(io.BytesIO(document)) as part:
                whole.pages.extend(part.pages)
        whole.Root.Lang = pikepdf.String("ja-JP")
        target = io.BytesIO()
        whole.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return target.getvalue()
