"""Reporting something, without an account: the kind, the page, the check, the number."""

from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.models import Report, ReportKind
from applications.queries.reports import near_for_public
from applications.report_forms import ReportForm, position_in
from applications.report_links import PURPOSE
from applications.reports import drafts
from applications.reports.drafts import MOST_PHOTOS, ReportDraft
from applications.reports.words import chip
from applications.services import reports as services
from applications.services.reports import NewReport, PhotosGone
from applications.views.reports.common import map_link
from cityhall import guests
from cityhall.access import public
from cityhall.errors import DomainError
from cityhall.models import StoredFile
from cityhall.rate_limits import has_anonymous_bytes_left, is_within_limit

READ_OR_SEND = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST]
REPORTS_PER_TEN_MINUTES = 60
"""Reports from one address, which thousands may share behind a mobile carrier."""
PHOTOS_PER_TEN_MINUTES = 300


@public
@require_safe
def report_kinds(request: HttpRequest) -> HttpResponse:
    """What may be reported, as large buttons; what cannot wait says to telephone."""
    kinds = ReportKind.objects.filter(is_active=True).select_related("department")
    return render(request, "applications/reports/kinds.html", {"kinds": kinds})


@public
@never_cache
@require_http_methods(READ_OR_SEND)
def report_new(request: HttpRequest, key: str) -> HttpResponse:
    """The page of a report. Photos are kept first, and only then it is looked at what else is wrong."""
    kind = _kind_or_404(key)
    draft = ReportDraft.of(request.session)
    if request.method != HTTPMethod.POST:
        form = ReportForm(initial=ReportForm.initial_of(draft.values), photo_count=len(draft.photos))
        return _page(request, kind, draft, form)
    draft, refusals = _receive(request, draft)
    action = request.POST.get("action", "")
    if action != "next":
        draft, typed = _act(draft, action, _typed(request))
        draft.keep(request.session)
        return _page(request, kind, draft, ReportForm(initial=typed, photo_count=len(draft.photos)), refusals)
    form = ReportForm(request.POST, photo_count=len(draft.photos))
    is_right = form.is_valid()
    if is_right:
        draft = draft.with_values(form.values()).without_offer()
    draft.keep(request.session)
    if is_right and not refusals:
        return redirect("applications:report_check", key=kind.key)
    return _page(request, kind, draft, form, refusals)


@public
@never_cache
@require_http_methods(READ_OR_SEND)
def report_check(request: HttpRequest, key: str) -> HttpResponse:
    """All of it once more, with what others have reported there; sending gives number and code."""
    kind = _kind_or_404(key)
    draft = ReportDraft.of(request.session)
    if request.method == HTTPMethod.POST and request.POST.get("request_key", "") != draft.request_key:
        return _sent_before(request)
    if not draft.values:
        return redirect("applications:report_new", key=kind.key)
    if request.method == HTTPMethod.POST:
        if is_within_limit(request, "report-send", times=REPORTS_PER_TEN_MINUTES, seconds=600):
            return _send(request, kind, draft)
        messages.warning(request, _("短い時間に何度も操作がありました。しばらく待ってから、もう一度お試しください。"))
    where = position_in(draft.values)
    near = near_for_public(kind, where) if where else []
    context = {
        "kind": kind,
        "draft": draft,
        "photos": _photos(draft),
        "map_url": map_link(where),
        "near": [{"report": one.report, "metres": one.metres, "state": chip(one.report.state)} for one in near],
    }
    return render(request, "applications/reports/check.html", context)


def _send(request: HttpRequest, kind: ReportKind, draft: ReportDraft) -> HttpResponse:
    values = draft.values
    new = NewReport(
        kind=kind,
        request_key=draft.request_key,
        body=values["body"],
        position=position_in(values),
        place_note=values["place_note"],
        name=values["name"],
        email=values["email"],
        photos=draft.photos,
    )
    try:
        report = services.send(new)
    except PhotosGone as error:
        messages.warning(request, str(error))
        there = StoredFile.objects.filter(public_id__in=draft.photos, report_photo=None).values_list(
            "public_id", flat=True
        )
        draft.only_photos(set(there)).keep(request.session)
        return redirect("applications:report_new", key=kind.key)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("applications:report_new", key=kind.key)
    drafts.forget(request.session)
    messages.success(request, _("通報を受け付けました。ありがとうございます。"))
    return _open(request, report)


def _sent_before(request: HttpRequest) -> HttpResponse:
    """A second tap, or a page of an earlier report: its own key opens what became of it."""
    key = request.POST.get("request_key", "")
    report = Report.objects.filter(request_key=key).first() if key else None
    return _open(request, report) if report is not None else redirect("applications:report_kinds")


def _open(request: HttpRequest, report: Report) -> HttpResponse:
    guests.remember(request.session, PURPOSE, report.public_id, report.secret_version)
    return redirect("applications:report_status", public_id=report.public_id)


def _receive(request: HttpRequest, draft: ReportDraft) -> tuple[ReportDraft, list[str]]:
    """Keep the photos the page brought, before anything else can go wrong; a sentence for each refused."""
    uploads = [*request.FILES.getlist("camera"), *request.FILES.getlist("photos")]
    if not uploads:
        return draft, []
    limit = {"times": PHOTOS_PER_TEN_MINUTES, "seconds": 600, "cost": len(uploads)}
    size = sum(upload.size or 0 for upload in uploads)
    if not is_within_limit(request, "report-photo", **limit) or not has_anonymous_bytes_left(request, size):
        return draft, [_("短い時間に何枚も写真が届きました。しばらく待ってから、もう一度お試しください。")]
    kept = services.keep_photos(uploads=uploads, held=draft.photos, room=draft.room)
    changed = draft.with_photos([file.public_id for file in kept.files], kept.position)
    changed.keep(request.session)
    return changed, list(kept.refusals)


def _act(draft: ReportDraft, action: str, typed: dict[str, Any]) -> tuple[ReportDraft, dict[str, Any]]:
    """A button of the page that is not 次へ: what was typed stays as it was typed."""
    name, _colon, value = action.partition(":")
    offered = draft.offered_position
    if name == "remove" and value in draft.photos:
        services.let_go(value)
        return draft.without_photo(value), typed
    if name == "use" and offered is not None:
        place = typed["place"] | {"latitude": str(offered.latitude), "longitude": str(offered.longitude)}
        return draft.without_offer(), typed | {"place": place}
    return (draft.without_offer() if name == "leave" else draft), typed


def _typed(request: HttpRequest) -> dict[str, Any]:
    """For showing only: it is kept nowhere."""
    place = {part: request.POST.get(f"place.{part}", "") for part in ("latitude", "longitude", "note")}
    return {"place": place, **{name: request.POST.get(name, "") for name in ("body", "name", "email")}}


def _page(
    request: HttpRequest, kind: ReportKind, draft: ReportDraft, form: ReportForm, refusals: list[str] | None = None
) -> HttpResponse:
    context = {
        "kind": kind,
        "draft": draft,
        "form": form,
        "photos": _photos(draft),
        "refusals": refusals or [],
        "offered": draft.offered_position,
        "offered_url": map_link(draft.offered_position),
        "most": MOST_PHOTOS,
    }
    return render(request, "applications/reports/new.html", context)


def _photos(draft: ReportDraft) -> list[StoredFile]:
    rows = {file.public_id: file for file in StoredFile.objects.filter(public_id__in=draft.photos)}
    return [rows[one] for one in draft.photos if one in rows]


def _kind_or_404(key: str) -> ReportKind:
    return get_object_or_404(ReportKind.objects.select_related("department"), key=key, is_active=True)
