"""The one desk: who comes, what departments have found, the list of the day, what the family takes home."""

from http import HTTPMethod, HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.services import audit
from counter.bereavement import papers
from counter.bereavement.enums import READY, BereavementState, StepState
from counter.bereavement.forms import MARKS, AddForm, StepForm, TelephoneForm
from counter.bereavement.walk import Walk
from counter.models import Bereavement, BereavementStep
from counter.queries.bereavements import (
    coming,
    corner_of,
    family_list,
    is_asked_by_staff,
    is_given_up,
    listed_steps,
    sheets_of,
    visible_bereavements,
    visit_of,
    words_of,
)
from counter.services import bereavements, visits
from counter.views.bereavement.asking import ask, look_over
from counter.views.bereavement.common import no_store, pdf, seen_revision
from counter.views.desk.common import SERVE, user_of
from reservations.models import Ticket
from reservations.queries.scope import visible_reservations

_BOTH = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST]


@staff_only(SERVE)
@require_safe
def bereavement_corner(request: HttpRequest) -> HttpResponse:
    """Bookings to come, and how far each is prepared."""
    user = user_of(request)
    rows = coming(user, timezone.now())
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="bereavement",
        object_ids=[one.row.public_id for one in rows if one.row],
    )
    context = {
        "rows": rows,
        "ready": sum(one.is_ready for one in rows),
        "to_prepare": sum(one.row is not None and one.row.state == BereavementState.SENT for one in rows),
        "telephone": TelephoneForm(),
    }
    return no_store(render(request, "counter/bereavement/corner.html", context))


@staff_only(SERVE)
@require_POST
def bereavement_prepare_all(request: HttpRequest) -> HttpResponse:
    """One button: sheets for everybody who has answered."""
    user = user_of(request)
    bereavements.follow_bookings()
    count, has_more = bereavements.prepare_all(by=user)
    if count or not has_more:
        _say_prepared(request, count)
    if has_more:
        messages.info(
            request, _("残りの予約の準備票も、続けて作っています。しばらくしてから、この画面を開き直してください。")
        )
    return redirect("counter:bereavement_corner")


@staff_only(SERVE)
@require_POST
def bereavement_prepare(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same for one family."""
    row = _row_or_404(request, public_id)
    try:
        _say_prepared(request, int(bereavements.prepare(row, by=user_of(request))))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("counter:bereavement_case", public_id)


@staff_only(SERVE)
@require_POST
def bereavement_telephone(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask a family on the telephone, or ask again what it sent; `public_id` is that of its booking."""
    user = user_of(request)
    reservation = get_object_or_404(visible_reservations(user), public_id=public_id)
    corner = corner_of(reservation)
    if corner is None:
        raise Http404
    form = TelephoneForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(form.errors["agree"][0]))
        sent = visible_bereavements(user).filter(reservation=reservation).exclude(state=BereavementState.DRAFT).first()
        return redirect("counter:bereavement_case", sent.public_id) if sent else redirect("counter:bereavement_corner")
    row = bereavements.begin(reservation, corner, by=user)
    if not is_asked_by_staff(row):
        bereavements.take_telephone(row, by=user)
    return redirect("counter:bereavement_staff_page", row.public_id, 1)


@staff_only(SERVE)
@never_cache
@require_http_methods(_BOTH)
def bereavement_staff_page(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One page of questions, asked on the telephone."""
    row = _row_or_404(request, public_id)
    walk = _walk(request, row)
    return ask(request, walk, number) if walk else redirect("counter:bereavement_case", public_id)


@staff_only(SERVE)
@never_cache
@require_http_methods(_BOTH)
def bereavement_staff_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was said on the telephone once more, then it is sent."""
    row = _row_or_404(request, public_id)
    walk = _walk(request, row)
    return look_over(request, walk) if walk else redirect("counter:bereavement_case", public_id)


@staff_only(SERVE)
@never_cache
@require_safe
def bereavement_case(request: HttpRequest, public_id: str) -> HttpResponse:
    """One family: readiness before the day, the list on it."""
    return _case(request, _row_or_404(request, public_id))


def _case(request: HttpRequest, row: Bereavement, **more: Any) -> HttpResponse:
    _record_read(request, row, "case")
    visit = visit_of(row)
    is_open = _is_open_to_staff(row)
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
    row, user = _row_or_404(request, public_id), user_of(request)
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
    row, user = _row_or_404(request, public_id), user_of(request)
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
    row, user = _row_or_404(request, public_id), user_of(request)
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
    row = _row_or_404(request, public_id)
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
    row, form = _row_or_404(request, public_id), AddForm(request.POST)
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
    row = _row_or_404(request, public_id)
    if not _is_open_to_staff(row) or not row.answers:
        return redirect("counter:bereavement_case", public_id)
    _record_read(request, row, "family list")
    context = {
        "row": row,
        "visit": visit_of(row),
        "list": family_list(row, timezone.now()),
        "may_close": row.state in READY,
    }
    return no_store(render(request, "counter/bereavement/family.html", context))


@staff_only(SERVE)
@require_POST
def bereavement_family_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same on paper; from the second time on it says so."""
    row, user = _row_or_404(request, public_id), user_of(request)
    if not row.answers:
        return redirect("counter:bereavement_case", public_id)
    now = timezone.now()
    again = bereavements.count_family_print(row, by=user, now=now)
    return pdf(papers.family_pdf(row, again=again, now=now), _("ご家族への手続案内書.pdf"))


@staff_only(SERVE)
@require_POST
def bereavement_close(request: HttpRequest, public_id: str) -> HttpResponse:
    """The family goes."""
    row = _row_or_404(request, public_id)
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
    row = _row_or_404(request, public_id)
    try:
        bereavements.reopen(row, by=user_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("counter:bereavement_case", public_id)


def _row_or_404(request: HttpRequest, public_id: str) -> Bereavement:
    return get_object_or_404(visible_bereavements(user_of(request)), public_id=public_id)


def _walk(request: HttpRequest, row: Bereavement) -> Walk | None:
    """The questions, where the family agreed on the telephone; 404 for what it is still writing at home.

    None for what it sent: changes it is typing are not the desk's, until it is asked on the telephone.
    """
    if not _is_open_to_staff(row):
        raise Http404
    if not is_asked_by_staff(row):
        return None
    if request.method != HTTPMethod.POST:
        _record_read(request, row, "questions")
    return Walk(row, user_of(request), is_staff=True)


def _is_open_to_staff(row: Bereavement) -> bool:
    """Whether the family sent it, or told it on the telephone."""
    return row.state != BereavementState.DRAFT or is_asked_by_staff(row)


def _url(row: Bereavement) -> str:
    return reverse("counter:bereavement_case", args=[row.public_id])


def _say_prepared(request: HttpRequest, count: int) -> None:
    if not count:
        messages.info(request, _("準備票は最新です。新しく依頼するものはありません。"))
        return
    text = ngettext("%(number)s件の準備票を各課に渡しました。", "%(number)s件の準備票を各課に渡しました。", count)
    messages.success(request, text % {"number": count})


def _record_read(request: HttpRequest, row: Bereavement, detail: str) -> None:
    audit.record(
        action=AuditAction.READ,
        actor=user_of(request),
        target_type="bereavement",
        target_id=row.public_id,
        detail=detail,
    )
