"""One family at the desk: what departments have found, the list of the day, what they take home."""

from http import HTTPMethod, HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from counter.bereavement import papers
from counter.bereavement.enums import READY, StepState
from counter.bereavement.forms import MARKS, AddForm, StepForm, TelephoneForm
from counter.enums import ACTIVE_VISITS
from counter.models import Bereavement, BereavementStep
from counter.queries.bereavements import (
    family_list,
    is_asked_by_staff,
    is_given_up,
    listed_steps,
    sheets_of,
    visit_of,
    words_of,
)
from counter.services import bereavements, visits
from counter.views.bereavement.common import is_open_to_staff, no_store, pdf, record_read, row_or_404, seen_revision
from counter.views.desk.common import SERVE, user_of
from reservations.models import Ticket

_BOTH = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST]


@staff_only(SERVE)
@never_cache
@require_safe
def bereavement_case(request: HttpRequest, public_id: str) -> HttpResponse:
    """One family: readiness before the day, the list on it."""
    return _case(request, row_or_404(request, public_id))


def _case(request: HttpRequest, row: Bereavement, **more: Any) -> HttpResponse:
    record_read(request, row, "case")
    visit = visit_of(row)
    is_open = is_open_to_staff(row)
    context: dict[str, Any] = {
        "row": row,
        "visit": visit,
        "is_open": is_open,
        "is_asked": is_asked_by_staff(row),
        "is_given_up": is_given_up(row),
        "may_serve": row.state in READY and not is_given_up(row),
        "words": words_of(row) if is_open and row.answers else {},
        "sheets": sheets_of(row),
        "steps": listed_steps(row, visit),
        "marks": [(one.value, one.label) for one in MARKS],
        "add": AddForm(),
        "request_key": new_key(),
        "telephone": TelephoneForm(),
        **more,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if more else HTTPStatus.OK
    return no_store(render(request, "counter/bereavement/case.html", context, status=status))


@staff_only(SERVE)
@require_POST
def bereavement_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The sheets of all departments as one PDF, each on pages of its own."""
    row, user = row_or_404(request, public_id), user_of(request)
    sheets = sheets_of(row)
    if not sheets or is_given_up(row):
        messages.info(request, _("印刷する準備票はありません。"))
        return redirect("counter:bereavement_case", public_id)
    now = timezone.now()
    bereavements.count_sheet_prints(row, sheets, by=user, now=now)
    return pdf(papers.sheets_pdf(row, sheets, by=user, now=now), _("おくやみ準備票.pdf"))


@staff_only(SERVE)
@require_POST
def bereavement_begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """The family stands there: its visit, which two desks begin once."""
    row, user = row_or_404(request, public_id), user_of(request)
    reservation = row.reservation
    if reservation is None or is_given_up(row):
        return redirect("counter:bereavement_case", public_id)
    ticket = Ticket.objects.filter(reservation=reservation).order_by("-id").first()
    visit = visits.start(
        place=reservation.place,
        by=user,
        request_key=request.POST.get("request_key") or new_key(),
        ticket=ticket,
        reservation=reservation,
    )
    return redirect("counter:visit", visit.public_id)


@staff_only(SERVE)
@require_POST
def bereavement_take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Bring the list into the visit, and go there."""
    row, user = row_or_404(request, public_id), user_of(request)
    visit = visit_of(row)
    if visit is None:
        messages.warning(request, _("先に、来庁を始めてください。"))
        return redirect("counter:bereavement_case", public_id)
    try:
        count = bereavements.take_into_visit(row, visit, by=user)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("counter:bereavement_case", public_id)
    text = ngettext("手続を%(number)s件、来庁に加えました。", "手続を%(number)s件、来庁に加えました。", count)
    messages.success(request, text % {"number": count})
    return redirect("counter:visit_procedures", visit.public_id)


@staff_only(SERVE)
@require_POST
def bereavement_step(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """What becomes of one procedure."""
    row = row_or_404(request, public_id)
    step = get_object_or_404(BereavementStep.objects.select_related("bereavement"), bereavement=row, key=key)
    form = StepForm(request.POST)
    error = "" if form.is_valid() else " ".join(str(word) for words in form.errors.values() for word in words)
    if not error:
        try:
            bereavements.settle(
                step,
                to=StepState(form.cleaned_data["to"]),
                reason=form.cleaned_data["reason"],
                seen_revision=seen_revision(request),
                by=user_of(request),
            )
        except DomainError as refused:
            error = str(refused)
    if error:
        return _case(request, row, wrong_key=key, wrong=error, typed=request.POST.get("reason", "")[:200])
    return redirect(f"{_url(row)}#step-{key}")


@staff_only(SERVE)
@require_POST
def bereavement_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put something on the list."""
    row, form = row_or_404(request, public_id), AddForm(request.POST)
    if form.is_valid():
        try:
            step = bereavements.add_step(
                row,
                title=form.cleaned_data["title"],
                reason=form.cleaned_data["reason"],
                department=form.chosen,
                request_key=request.POST.get("request_key", "")[:40] or new_key(),
                by=user_of(request),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect(f"{_url(row)}#step-{step.key}")
    return _case(request, row, add=form)


@staff_only(SERVE)
@never_cache
@require_safe
def bereavement_family(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the family takes home, on the screen before it is printed."""
    row = row_or_404(request, public_id)
    if not is_open_to_staff(row) or not row.answers:
        return redirect("counter:bereavement_case", public_id)
    record_read(request, row, "family list")
    visit = visit_of(row)
    context = {
        "row": row,
        "visit": visit,
        "is_visit_open": visit is not None and visit.state in ACTIVE_VISITS,
        "list": family_list(row, timezone.now()),
        "may_close": row.state in READY,
    }
    return no_store(render(request, "counter/bereavement/family.html", context))


@staff_only(SERVE)
@require_POST
def bereavement_family_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same on paper; from the second time on it says so."""
    row, user = row_or_404(request, public_id), user_of(request)
    if not row.answers:
        return redirect("counter:bereavement_case", public_id)
    now = timezone.now()
    again = bereavements.count_family_print(row, by=user, now=now)
    return pdf(papers.family_pdf(row, again=again, now=now), _("ご家族への手続案内書.pdf"))


@staff_only(SERVE)
@require_POST
def bereavement_close(request: HttpRequest, public_id: str) -> HttpResponse:
    """The family goes."""
    row = row_or_404(request, public_id)
    try:
        bereavements.close(row, seen_revision=seen_revision(request), by=user_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("counter:bereavement_family", public_id)
    messages.success(request, _("受付を終えました。"))
    return redirect("counter:bereavement_corner")


@staff_only(SERVE)
@require_POST
def bereavement_reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """The family is back."""
    row = row_or_404(request, public_id)
    try:
        bereavements.reopen(row, by=user_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("counter:bereavement_case", public_id)


def _url(row: Bereavement) -> str:
    return reverse("counter:bereavement_case", args=[row.public_id])
