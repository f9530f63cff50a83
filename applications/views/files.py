"""Private files: for the applicant, with or without an account, and for staff who may read the case."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.guest_links import PURPOSE
from applications.models import Attachment
from applications.queries.mine import own_file
from applications.queries.scope import may_read
from applications.views.downloads import record_download
from applications.views.own import person
from cityhall import guests
from cityhall.access import signed_in_or_guest
from cityhall.enums import FileState
from cityhall.http import file_response
from cityhall.services.files import thumbnail_of
from cityhall.uploads import IMAGES, UploadRefused


@signed_in_or_guest
@never_cache
@require_safe
def attachment(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file itself once it was found clean; a sentence while it waits, or when it was refused.

    Reading by staff is audited. A stranger gets 404.
    """
    found = _readable(request, public_id)
    if found.file.state != FileState.CLEAN:
        is_waiting = found.file.state == FileState.PENDING
        return render(request, "applications/attachment_state.html", {"file": found.file, "is_waiting": is_waiting})
    return file_response(found.file, inline=True)


@signed_in_or_guest
@never_cache
@require_safe
def attachment_thumbnail(request: HttpRequest, public_id: str) -> HttpResponse:
    """A small picture of a photo of one's own that was found clean, for the page it was given on; 404 otherwise.

    Made once and kept with the file. Browsers keep no copy: the next person at the computer of a library.
    """
    own = own_file(request.user, guests.held(request.session, PURPOSE), public_id)
    if own is None or own.file.state != FileState.CLEAN or own.file.content_type not in IMAGES:
        raise Http404
    try:
        small = thumbnail_of(own.file)
    except (UploadRefused, FileNotFoundError):
        raise Http404 from None
    response = HttpResponse(small, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _readable(request: HttpRequest, public_id: str) -> Attachment:
    own = own_file(request.user, guests.held(request.session, PURPOSE), public_id)
    if own is not None:
        return own
    user = person(request)
    if user is None or not user.is_staff:
        raise Http404
    rows = Attachment.objects.select_related("file", "application__procedure", "application__department")
    found = get_object_or_404(rows, public_id=public_id)
    if not may_read(user, found.application):
        raise Http404
    record_download(found.application, user, f"attachment {found.public_id}")
    return found
