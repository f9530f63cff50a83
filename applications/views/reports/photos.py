"""Photos of reports: to staff of the department, to who reported, and to everybody when staff chose so."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.models import Report, ReportPhoto
from applications.queries.reports import visible_reports
from applications.report_links import PURPOSE
from applications.reports.drafts import ReportDraft
from cityhall import guests
from cityhall.access import public
from cityhall.enums import AuditAction, FileKind, FileState
from cityhall.http import file_response
from cityhall.models import StoredFile
from cityhall.services import audit
from cityhall.services.files import thumbnail_of
from cityhall.uploads import UploadRefused


@public
@never_cache
@require_safe
def report_photo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The photo itself. Opening by staff is audited; 404 for strangers, and before it was found clean."""
    photo = _readable(request, public_id)
    if request.user.is_authenticated and request.user.is_staff:
        audit.record(
            action=AuditAction.DOWNLOAD,
            actor=request.user,
            target_type="report",
            target_id=photo.report.public_id,
            target_label=photo.report.number,
            detail=f"photo {photo.public_id}",
        )
    return file_response(photo.file, inline=True)


@public
@never_cache
@require_safe
def report_thumbnail(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same, small."""
    return _small(_readable(request, public_id).file)


@public
@never_cache
@require_safe
def report_draft_photo(request: HttpRequest, public_id: str) -> HttpResponse:
    """A photo of the report this browser is writing, small; 404 for all others."""
    if public_id not in ReportDraft.of(request.session).photos:
        raise Http404
    return _small(get_object_or_404(StoredFile, public_id=public_id, kind=FileKind.REPORT))


def _small(stored: StoredFile) -> HttpResponse:
    if stored.state != FileState.CLEAN:
        raise Http404
    try:
        small = thumbnail_of(stored)
    except (UploadRefused, FileNotFoundError):
        raise Http404 from None
    return HttpResponse(small, content_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


def _readable(request: HttpRequest, public_id: str) -> ReportPhoto:
    photo = get_object_or_404(ReportPhoto.objects.select_related("file", "report"), public_id=public_id)
    if _is_shown(photo) or _is_reporters(request, photo.report):
        return photo
    if not visible_reports(request.user).filter(pk=photo.report_id).exists():
        raise Http404
    return photo


def _is_shown(photo: ReportPhoto) -> bool:
    return photo.is_public and photo.report.is_public and photo.report.merged_into_id is None


def _is_reporters(request: HttpRequest, report: Report) -> bool:
    return guests.held_version(request.session, PURPOSE, report.public_id) == report.secret_version
