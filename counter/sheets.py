"""Printed when a visit was received, beside the forms: hand-over slips, the guide sheet. A4; fetches nothing."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from applications.definition import form_of
from applications.models import Reception
from applications.papers import paper_questions
from applications.queries.papers import papers_of
from cityhall.html_pdf import html_pdf
from cityhall.models import Department
from cityhall.qr import qr_inline
from cityhall.queries.city import municipality
from counter import identity
from counter.models import PrintJob, Visit, VisitProcedure
from counter.queries.receiving import Filed

STYLE: Final = Path(__file__).parent / "print" / "sheets.css"


@dataclass(frozen=True)
class SlipLine:
    """One application on a hand-over slip. The code is the address of the case, which opens for who may read it."""

    filed: Filed
    papers: tuple[str, ...]
    qr: SafeString


@dataclass(frozen=True)
class Slip:
    """What goes to one department."""

    department: Department
    lines: tuple[SlipLine, ...]


def slips_pdf(visit: Visit, filed: Sequence[Filed], job: PrintJob) -> bytes:
    """One sheet for each department (引継票)."""
    documents = identity.names_of(visit.documents)
    return _pdf("slips", visit, job, {"slips": list(_slips(filed)), "documents": documents})


def guide_pdf(visit: Visit, filed: Sequence[Filed], job: PrintJob) -> bytes:
    """For the person to take home (手続案内書): what was received, what comes next, what is left to do.

    What staff took out of the list while they chose, for nobody has to do it (a department found that it does not
    apply, it is done already), is no task that is left: it stands apart, with the reason alone.
    """
    rows = list(left_to_do(visit))
    taken_out = [one for one in rows if was_taken_out(visit, one)]
    context = {
        "filed": filed,
        "total": sum(one.total for one in filed),
        "left": [one for one in rows if one not in taken_out],
        "taken_out": taken_out,
        "advised": list(advised_elsewhere(visit)),
        "rows": list(_with_papers(visit, filed)),
    }
    return _pdf("guide", visit, job, context)


def advised_elsewhere(visit: Visit) -> Iterator[dict[str, Any]]:
    """What the guides asked at this desk advised and no procedure of the visit stands for, each once."""
    here = set(visit.procedures.values_list("procedure__key", flat=True))
    seen: set[tuple[str, str]] = set()
    for one in chain.from_iterable(visit.advised.values()):
        mark = (one["title"], one["office"]["name"])
        if mark in seen or (one["procedure"] and one["procedure"] in here):
            continue
        seen.add(mark)
        due_on = one["due_on"]
        yield one | {"due_on": dt.date.fromisoformat(due_on) if due_on else None}


@dataclass(frozen=True)
class ToldPapers:
    """The papers of a procedure, as the sheet tells of them."""

    seen: tuple[str, ...]
    unseen: tuple[str, ...]


def _with_papers(visit: Visit, filed: Sequence[Filed]) -> Iterator[tuple[Filed, ToldPapers]]:
    receptions = _receptions_of(filed)
    for one in filed:
        yield one, _told_papers(visit, one, receptions.get(one.application.pk))


def _told_papers(visit: Visit, filed: Filed, reception: Reception | None) -> ToldPapers:
    """What was looked at here, and what the procedure names beside that; a document of identity was seen for all."""
    seen = _seen_labels(filed, reception)
    named = filed.application.procedure.required_papers
    known = [one for one in named if _is_identity(one) and visit.documents]
    looked_at = {*known, *(one for one in named if any(label in one or one in label for label in seen))}
    return ToldPapers((*seen, *known), tuple(one for one in named if one not in looked_at))


def _is_identity(paper: str) -> bool:
    return gettext("本人確認書類") in paper


def was_taken_out(visit: Visit, one: VisitProcedure) -> bool:
    """Whether staff dropped it before the rest was received. What was left out at that moment is still to be done."""
    return bool(one.dropped_at and visit.received_at and one.dropped_at < visit.received_at)


def left_to_do(visit: Visit) -> Iterator[VisitProcedure]:
    """Procedures that were thought of and not received here."""
    rows = visit.procedures.filter(dropped_at__isnull=False).select_related("procedure__department", "form_version")
    yield from rows.defer("form_version__definition").order_by("position")


def _slips(filed: Sequence[Filed]) -> Iterator[Slip]:
    receptions = _receptions_of(filed)
    ordered = sorted(filed, key=lambda one: one.application.department_id)
    for _id, ones in groupby(ordered, key=lambda one: one.application.department_id):
        lines = tuple(_line(one, receptions.get(one.application.pk)) for one in ones)
        yield Slip(lines[0].filed.application.department, lines)


def _line(one: Filed, reception: Reception | None) -> SlipLine:
    address = reverse("applications:case_detail", args=[one.application.public_id])
    return SlipLine(one, _seen_labels(one, reception), qr_inline(f"{settings.SITE_URL}{address}"))


def _seen_labels(one: Filed, reception: Reception | None) -> tuple[str, ...]:
    """What of the form's own papers was looked at when it was received."""
    seen = papers_of(reception)
    questions = paper_questions(form_of(one.chosen.form_version))
    return tuple(field.label for question, field in questions.items() if question in seen)


def _receptions_of(filed: Sequence[Filed]) -> dict[int, Reception]:
    rows = Reception.objects.filter(application__in=[one.application for one in filed])
    return {one.application_id: one for one in rows}


def _pdf(name: str, visit: Visit, job: PrintJob, context: dict[str, Any]) -> bytes:
    again = {"again": job.times - 1, "job": job, "visit": visit, "city": municipality()}
    return html_pdf(render_to_string(f"counter/print/{name}.html", again | context), style=STYLE)
