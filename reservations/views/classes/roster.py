"""Who comes to a class: the list on screen, on paper and as CSV, joining for somebody, and the door."""

from collections.abc import Iterator
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.my_numbers import record_confirmed_number
from cityhall.references import format_number
from cityhall.services import audit
from cityhall.spreadsheets import csv_response
from reservations.enums import ReservationChannel
from reservations.forms_classes import CodeForm, StaffSeatsForm, session_text
from reservations.models import SlotSeries
from reservations.queries.classes import Roster, open_slots, present, roster
from reservations.services import classes
from reservations.staff_home import BOOK, VIEW
from reservations.views.classes.shared import series_or_404, slot_or_404
from reservations.views.staff.people import people_search
from reservations.views.staff.shared import note, staff_of
from residents.phones import format_phone


@staff_only(VIEW)
@never_cache
@require_safe
def staff_roster(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everybody with their sessions. Reading it is in the audit trail."""
    return _page(request, public_id, "reservations/classes/roster.html", AuditAction.LIST)


@staff_only(VIEW)
@never_cache
@require_safe
def staff_roster_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The sheet for the door: boxes to tick."""
    return _page(request, public_id, "reservations/classes/roster_print.html", AuditAction.PRINT)


@staff_only(VIEW)
@never_cache
@require_safe
def staff_roster_csv(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The list for a spreadsheet; nothing in it is a formula."""
    series = series_or_404(request, public_id)
    found = roster(series)
    _note_roster(request, series, found, AuditAction.EXPORT)
    fixed = [_("予約番号"), _("お名前"), _("フリガナ"), _("人数"), _("電話番号"), _("メールアドレス"), _("連絡事項")]
    header = [*fixed, *(session_text(slot) for slot in found.sessions)]
    return csv_response(name=_("名簿_%(title)s.csv") % {"title": series.title}, header=header, rows=_rows(found))


@staff_only(BOOK)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_class_enrol(request: HttpRequest, public_id: str) -> HttpResponse:
    """Joining for somebody on the telephone or at the counter."""
    series = series_or_404(request, public_id)
    people_form, people = people_search(request)
    form = StaffSeatsForm(request.POST or None, series=series, slots=open_slots(series), people=people)
    if request.method == HTTPMethod.POST and form.is_valid():
        answer = _enrol(request, series, form)
        if answer is not None:
            return answer
    key = request.POST.get("request_key") or new_key()
    context = {"series": series, "form": form, "people_form": people_form, "request_key": key}
    return render(request, "reservations/classes/staff_enrol.html", context)


@staff_only(BOOK)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_attendance(request: HttpRequest, public_id: str, slot_id: int) -> HttpResponse:
    """The door of one session: the camera, the scanner or the number; and the list of who is still expected."""
    series = series_or_404(request, public_id)
    slot = slot_or_404(series, slot_id)
    form = CodeForm(request.POST or None)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            noted = classes.attend(slot=slot, code=form.cleaned_data["code"], by=staff_of(request))
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            note(noted.reservation, staff_of(request), AuditAction.STATE, "attended")
            sentence = _("%(name)sさん（%(people)s人）の出席を記録しました。")
            messages.success(request, sentence % {"name": noted.reservation.name, "people": noted.people})
            return redirect(reverse("reservations:staff_attendance", args=[public_id, slot_id]))
    found = roster(series, slot)
    _note_roster(request, series, found, AuditAction.LIST)
    context = {"series": series, "slot": slot, "form": form, "roster": found, "present": present(slot)}
    return render(request, "reservations/classes/attendance.html", context)


def _page(request: HttpRequest, public_id: str, template: str, action: AuditAction) -> HttpResponse:
    series = series_or_404(request, public_id)
    found = roster(series)
    _note_roster(request, series, found, action)
    lines = [(line, line.marks(found.sessions)) for line in found.lines]
    return render(request, template, {"series": series, "roster": found, "lines": lines})


def _rows(found: Roster) -> Iterator[list[object]]:
    words = {"present": _("出席"), "expected": _("申込"), "": ""}
    for line in found.lines:
        row = line.reservation
        contact = [row.people, format_phone(row.phone), row.email, row.note]
        marks = [words[mark] for mark in line.marks(found.sessions)]
        yield [format_number(row.number or ""), row.shown_name, row.kana, *contact, *marks]


def _enrol(request: HttpRequest, series: SlotSeries, form: StaffSeatsForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        reservation = classes.book_seats(
            series=series,
            slot_ids=form.slot_ids(),
            people=data["people"],
            contact=form.contact(),
            request_key=request.POST.get("request_key", "")[:80],
            channel=ReservationChannel(data["channel"]),
            note=data["note"],
            by=staff_of(request),
        ).reservation
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    note(reservation, staff_of(request), AuditAction.CREATE)
    record_confirmed_number(
        form,
        by=staff_of(request),
        target_type="reservation",
        target_id=reservation.public_id,
        target_label=reservation.number or "",
        department_code=series.group.department.code,
    )
    messages.success(request, _("申し込みました。予約番号をお伝えください。"))
    return redirect("reservations:staff_reservation", public_id=reservation.public_id)


def _note_roster(request: HttpRequest, series: SlotSeries, found: Roster, action: AuditAction) -> None:
    audit.record(
        action=action,
        actor=staff_of(request),
        target_type="reservations.series",
        target_id=series.public_id,
        target_label=series.title,
        department_code=series.group.department.code,
        object_ids=[line.reservation.public_id for line in found.lines],
    )
