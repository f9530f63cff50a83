"""Files of a draft, one at a time, while a person goes on typing (static/js/upload.js)."""

from http import HTTPStatus
from typing import Any

from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view, authentication_classes, parser_classes, permission_classes
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from applications.definition import Field, form_of
from applications.fields import takes_files
from applications.form_pages import attached_files
from applications.models import Application, Attachment
from applications.row_paths import find
from applications.services import uploads
from applications.services.drafts import NotEditable
from applications.views.own import fillable_or_404, person
from applications.views.page_files import refusal_of_haste
from cityhall.access import signed_in_or_guest
from cityhall.api import CleanMultiPartParser, SessionOrGuest
from cityhall.enums import FileState
from cityhall.uploads import IMAGES


@signed_in_or_guest
@api_view(["GET", "POST"])
@authentication_classes([SessionOrGuest])
@permission_classes([AllowAny])
@parser_classes([CleanMultiPartParser])
def draft_files(request: Request, public_id: str) -> Response:
    """GET: all files of the draft with their state. POST: keep one file: `question` (its path), `file`, `replaces`.

    Sending the same file for the same question again changes nothing: a connection that breaks after the last
    byte costs nobody a second copy. 400 names what is wrong in a sentence, 429 that it was too fast.
    """
    application = fillable_or_404(request, public_id)
    if request.method == "GET":
        found = [_shown(one) for files in attached_files(application).values() for one in files]
        return Response({"files": found})
    if not application.is_editable:
        raise NotEditable
    field = _question(application, request.POST.get("question", ""))
    upload = request.FILES.get("file")
    if upload is None:
        raise ValidationError({"file": [_("ファイルを選んでください。")]})
    # the request of the framework wraps the one the rate limit knows
    if wait := refusal_of_haste(request._request, application, upload.size or 0):
        raise Throttled(detail=wait)
    attachment = uploads.attach(
        application=application,
        field=field,
        upload=upload,
        by=person(request),
        replaces=request.POST.get("replaces", ""),
    )
    return Response(_shown(attachment), status=HTTPStatus.CREATED)


@signed_in_or_guest
@api_view(["DELETE"])
@authentication_classes([SessionOrGuest])
@permission_classes([AllowAny])
def draft_file(request: Request, public_id: str, file_id: str) -> Response:
    """Take a file out of the draft. One that is not there is out already."""
    uploads.detach(application=fillable_or_404(request, public_id), public_id=file_id)
    return Response(status=HTTPStatus.NO_CONTENT)


def _question(application: Application, path: str) -> Field:
    field = find(form_of(application.form_version).fields, path)
    if field is None or not takes_files(field):
        raise ValidationError({"question": [_("この項目には、ファイルを添付できません。")]})
    return field


def _shown(attachment: Attachment) -> dict[str, Any]:
    file = attachment.file
    is_picture = file.state == FileState.CLEAN and file.content_type in IMAGES
    return {
        "id": attachment.public_id,
        "question": attachment.field_key,
        "name": file.name,
        "size": file.size,
        "state": file.state,
        "url": reverse("applications:attachment", args=[attachment.public_id]),
        "thumbnail": reverse("applications:attachment_thumbnail", args=[attachment.public_id]) if is_picture else "",
    }


upload_ui_urlpatterns: list[URLPattern | URLResolver] = [
    path("drafts/<str:public_id>/files/", draft_files, name="api_draft_files"),
    path("drafts/<str:public_id>/files/<str:file_id>/", draft_file, name="api_draft_file"),
]
