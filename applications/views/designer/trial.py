"""The form in work as residents will see it: beside the editor in a frame of phone width, or page by page."""

from collections.abc import Sequence
from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import typed
from applications.designer import operations
from applications.designer.field_form import FieldForm
from applications.designer.places import page_number
from applications.designer.showing import shown_form
from applications.designer.trial import Trial
from applications.form_pages import PageForm
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.queries.designing import as_design, design_of
from applications.steps import CURRENT, TODO, Step
from applications.views.designer.common import document_of, procedure_or_404, show, staff
from applications.views.designer.fields import place_or_404
from applications.views.designer.listing import READ_OR_SEND
from applications.views.visits import SEEN, seen_by
from cityhall.access import staff_only
from cityhall.http import framed

FRAME = "frame"
"""In the address of a page that stands in a frame beside the editor."""


@staff_only(DESIGN_PROCEDURES)
@never_cache
@framed
@require_http_methods(READ_OR_SEND)
def trial_page(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One page of the form in work. It behaves as the real one; nothing of it is stored."""
    procedure = procedure_or_404(request, key)
    trial = _trial(request, procedure)
    if not 1 <= number <= len(trial.form.pages):
        return _to(request, procedure, 1)
    page = trial.form.pages[number - 1]
    if request.method != HTTPMethod.POST:
        # from the check page people come to see what is wrong
        data = typed.as_data(page.fields, trial.values) if "check" in request.GET else None
        return _show(request, procedure, trial, number, trial.page_form(page, data=data))
    action = request.POST.get("action", "next")
    opened = trial.receive(page, request.POST, request.FILES)
    if action == "next":
        return _go_on(request, procedure, trial, number)
    if action == "previous":
        return _to(request, procedure, max((one for one in trial.shown if one < number), default=1))
    return _show(request, procedure, trial, number, trial.page_form(page, opened=opened))


def _go_on(request: HttpRequest, procedure: Procedure, trial: Trial, number: int) -> HttpResponse:
    """The next page; this one again with its mistakes, or with questions that nobody has seen yet."""
    page = trial.form.pages[number - 1]
    page_form = trial.page_form(page, data=request.POST)
    seen = set(request.POST.get(SEEN, "").split())
    fresh = [path for path in seen_by(page_form) if path not in seen] if SEEN in request.POST else []
    if fresh:
        labels = [page_form.label_of(path) for path in fresh if path in page_form.fields]
        return _show(request, procedure, trial, number, trial.page_form(page), fresh=labels)
    if not page_form.is_valid():
        return _show(request, procedure, trial, number, page_form)
    return _to(request, procedure, next((one for one in trial.shown if one > number), None))


@staff_only(DESIGN_PROCEDURES)
@never_cache
@framed
@require_safe
def trial_check(request: HttpRequest, key: str) -> HttpResponse:
    """The check page of the test run, which ends here: there is nothing to send."""
    procedure = procedure_or_404(request, key)
    trial = _trial(request, procedure)
    checked = trial.check()
    problems: dict[str, list[Any]] = {}
    for problem in checked.problems:
        problems.setdefault(problem.key.partition(".")[0], []).append(problem)
    sections = [
        (section, [(row, problems.get(row.key, [])) for row in section.rows]) for section in trial.sections(checked)
    ]
    context = {
        "sections": sections,
        "problems": checked.problems,
        "steps": _steps(request, procedure, trial, len(trial.form.pages) + 1),
        "last_page": trial.shown[-1],
        "is_framed": FRAME in request.GET,
        "query": _query(request),
    }
    return show(request, "trial_check.html", procedure, context)


@staff_only(DESIGN_PROCEDURES)
@framed
@require_POST
def trial_clear(request: HttpRequest, key: str) -> HttpResponse:
    """Forget what was typed and begin again."""
    procedure = procedure_or_404(request, key)
    _trial(request, procedure).clear()
    messages.success(request, _("試しに入力した内容を消しました。"))
    return _to(request, procedure, 1)


@staff_only(DESIGN_PROCEDURES)
@never_cache
@framed
@require_POST
def design_field_preview(request: HttpRequest, key: str, path: str) -> HttpResponse:
    """The page of a field with the settings as they are being typed; they are not saved."""
    procedure = procedure_or_404(request, key)
    place = place_or_404(procedure, path)
    design = as_design(design_of(procedure))
    form = FieldForm(place.field, data=request.POST, is_in_rows=place.group is not None)
    if form.is_valid():
        design = operations.change_field(design, path, form.changes())
    number = page_number(design.document, place.page["key"])
    trial = Trial.of(user_id=staff(request).pk, procedure_id=procedure.pk, form=shown_form(design.document))
    page = trial.form.pages[number - 1]
    return _show(request, procedure, trial, number, trial.page_form(page), is_framed=True)


def _trial(request: HttpRequest, procedure: Procedure) -> Trial:
    form = shown_form(document_of(procedure))
    return Trial.of(user_id=staff(request).pk, procedure_id=procedure.pk, form=form)


def _show(
    request: HttpRequest,
    procedure: Procedure,
    trial: Trial,
    number: int,
    page_form: PageForm,
    *,
    fresh: Sequence[str] = (),
    is_framed: bool = False,
) -> HttpResponse:
    context = {
        "page": trial.form.pages[number - 1],
        "number": number,
        "form": page_form,
        "problems": list(page_form.problems()) if page_form.is_bound else [],
        "steps": _steps(request, procedure, trial, number),
        "is_first": number == trial.shown[0],
        "logic": trial.logic,
        "seen": seen_by(page_form),
        "fresh": fresh,
        "is_framed": is_framed or FRAME in request.GET,
        "query": "?frame=1" if is_framed else _query(request),
    }
    return show(request, "trial.html", procedure, context)


def _query(request: HttpRequest) -> str:
    return "?frame=1" if FRAME in request.GET else ""


def _href(request: HttpRequest, procedure: Procedure, number: int | None) -> str:
    """The address of a page, or of the check page."""
    if number is None:
        return reverse("applications:design_trial_check", args=[procedure.key]) + _query(request)
    return reverse("applications:design_trial", args=[procedure.key, number]) + _query(request)


def _steps(request: HttpRequest, procedure: Procedure, trial: Trial, current: int) -> list[Step]:
    """All pages that are shown; in a test run every one can be gone to."""
    steps = [
        Step(trial.form.pages[one - 1].title, CURRENT if one == current else TODO, _href(request, procedure, one))
        for one in trial.shown
    ]
    is_check = current > len(trial.form.pages)
    return [*steps, Step(_("内容の確認"), CURRENT if is_check else TODO, _href(request, procedure, None))]


def _to(request: HttpRequest, procedure: Procedure, number: int | None) -> HttpResponse:
    return redirect(_href(request, procedure, number))
