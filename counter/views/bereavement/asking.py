"""The questions, page by page, whoever turns the pages. Everything typed is kept first, right or wrong."""

from collections.abc import Collection, Mapping, Sequence
from http import HTTPMethod, HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from applications.answers import display_rows
from applications.form_pages import PageForm, Problem
from cityhall.errors import DomainError
from counter.bereavement.enums import OPEN, BereavementState
from counter.bereavement.forms import AgreeForm
from counter.bereavement.questions import NEEDED, day_key
from counter.bereavement.walk import Walk
from counter.form_pages import Taken, page_context, take
from counter.queries.bereavements import guide_in, is_given_up
from counter.services import bereavements
from reservations.models import Reservation


def may_change(walk: Walk) -> bool:
    """Whether answers are still taken."""
    return walk.row.state in OPEN and not is_given_up(walk.row)


def ask(request: HttpRequest, walk: Walk, number: int) -> HttpResponse:
    """One page of questions."""
    filling = walk.filling
    if not may_change(walk):
        return redirect(walk.home_url)
    if not filling.has_page(number):
        return redirect(walk.check_url)
    if request.method == HTTPMethod.POST:
        return _receive(request, walk, number)
    if number not in filling.shown:
        return _to(walk, filling.after(number))
    form = filling.page_form(number, opened=request.GET.getlist("open"), is_checked="check" in request.GET)
    return _show(request, walk, number, form)


def _receive(request: HttpRequest, walk: Walk, number: int) -> HttpResponse:
    taken = take(walk.filling, number, request.POST)
    page = walk.filling.page(number)
    typed = {field.key: taken.filling.values[field.key] for field in page.fields if field.key in taken.filling.values}
    try:
        row = bereavements.save_page(walk.row, page=page, typed=typed, by=walk.by)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect(walk.home_url)
    return _leave(request, Walk(row, walk.by, walk.is_staff), number, taken)


def _leave(request: HttpRequest, walk: Walk, number: int, taken: Taken) -> HttpResponse:
    """This page again with what is to be seen, or on."""
    if taken.anchor:
        query = [("open", row_id) for row_id in taken.opened]
        return redirect(walk.url("page", number) + (f"?{urlencode(query)}" if query else "") + f"#{taken.anchor}")
    if taken.stays:
        return _show(request, walk, number, taken.form, fresh=taken.fresh)
    if taken.action == "save":
        messages.success(request, _("入力した内容を保存しました。続きは、予約の日までにお答えください。"))
        return redirect(walk.home_url)
    if taken.action == "previous":
        before = walk.filling.before(number)
        return _to(walk, before) if before else redirect(walk.home_url)
    return _to(walk, None if "check" in request.GET else walk.filling.after(number))


def _to(walk: Walk, number: int | None) -> HttpResponse:
    return redirect(walk.check_url if number is None else walk.url("page", number))


def _show(
    request: HttpRequest, walk: Walk, number: int, form: PageForm, *, fresh: Collection[str] = ()
) -> HttpResponse:
    context = {
        **page_context(walk.filling, number, form, fresh=fresh),
        "walk": walk,
        "base": walk.base,
        "action_url": walk.url("page", number),
        "steps": walk.steps(number),
        "comes_from_check": "check" in request.GET,
        "booked": _just_booked(walk, number) if request.method != HTTPMethod.POST else None,
    }
    is_refused = request.method == HTTPMethod.POST and bool(context["problems"])
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
    response = render(request, "counter/bereavement/page.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _just_booked(walk: Walk, number: int) -> Reservation | None:
    """The booking, told above the first question a family sees: the last button of booking leads there."""
    is_first = number == min(walk.filling.shown, default=number)
    return walk.row.reservation if is_first and not walk.is_staff and walk.row.state == BereavementState.DRAFT else None


def look_over(request: HttpRequest, walk: Walk) -> HttpResponse:
    """Everything once more, and the consent with which it is sent."""
    if not may_change(walk):
        return redirect(walk.home_url)
    form = AgreeForm(request.POST if request.method == HTTPMethod.POST else None)
    needed = NEEDED | {day_key(guide_in(walk.row.guide))}
    error = ""
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            bereavements.send(walk.row, has_agreed=True, by=walk.by)
        except DomainError as refused:
            error = str(refused)
        else:
            messages.success(request, _("お知らせいただいた内容を受け取りました。担当する課が準備します。"))
            return redirect(walk.home_url)
    checked = walk.filling.checked
    if error:
        error = _said(error, [one for one in checked.problems if one.key in needed], walk.row.values)
    problems = [(one, walk.url("page", one.page_number)) for one in checked.problems]
    context = {
        "walk": walk,
        "base": walk.base,
        "form": form,
        "error": error,
        "steps": walk.steps(len(walk.filling.form.pages) + 1),
        "sections": [
            (section, walk.url("page", section.number))
            for section in display_rows(walk.filling.form, checked.answers)
            if section.rows
        ],
        "needed": [(one, url) for one, url in problems if one.key in needed],
        "problems": [(one, url) for one, url in problems if one.key not in needed],
        "is_sent": walk.row.state != BereavementState.DRAFT,
        "kept_days": settings.VISITOR_KEPT_DAYS,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error or form.errors else HTTPStatus.OK
    response = render(request, "counter/bereavement/check.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _said(error: str, wanted: Sequence[Problem], values: Mapping[str, Any]) -> str:
    """The refusal with what was answered wrong; that alone, where everything was answered and nothing is missing."""
    wrong = [one.label for one in wanted if values.get(one.key)]
    if not wrong:
        return error
    said = _("「%(labels)s」を直してください。下の一覧から、そのページを開けます。")
    said %= {"labels": "」「".join(wrong)}
    return said if len(wrong) == len(wanted) else f"{error}{said}"
