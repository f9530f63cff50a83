"""Files that come with a page, or one by one while a person goes on typing."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from applications import typed
from applications.fields.building import file_questions
from applications.models import Application
from applications.services import uploads
from applications.views.own import person
from applications.views.visits import Visit
from cityhall.rate_limits import has_anonymous_bytes_left, is_within_limit, is_within_limit_of

UPLOADS_PER_MINUTE = 60
"""Files of one application: a page of photos with a slow finger stays far below."""
UPLOADS_OF_ADDRESS = 600
"""Files of one address in a minute, which thousands may share behind a mobile carrier."""


def refusal_of_haste(request: HttpRequest, application: Application, size: int) -> str:
    """Counts one file of `size` bytes; "" when it may be taken, otherwise the sentence that asks to wait."""
    is_timely = is_within_limit_of(application.public_id, "attachment", times=UPLOADS_PER_MINUTE, seconds=60)
    if not is_timely or not is_within_limit(request, "attachment", times=UPLOADS_OF_ADDRESS, seconds=60):
        return _("短い時間に多くのファイルが送信されました。1分ほど待ってから、もう一度添付してください。")
    if not has_bytes_left(request, application, size):
        return _("短い時間に多くのファイルが送信されました。1時間ほど待ってから、もう一度添付してください。")
    return ""


def has_bytes_left(request: HttpRequest, application: Application, size: int) -> bool:
    """Counts bytes of an address where nobody answers for them; whether they may be taken."""
    return application.filed_by_id is not None or has_anonymous_bytes_left(request, size)


def receive_files(visit: Visit, values: typed.Typed) -> dict[str, list[str]]:
    """Store the files the page brought; the refusals by question. Raises NotEditable."""
    refusals: dict[str, list[str]] = {}
    for question in file_questions(visit.page.fields, values):
        chosen = visit.request.FILES.getlist(typed.control_name(question))
        if not chosen:
            continue
        waits = [refusal_of_haste(visit.request, visit.application, upload.size or 0) for upload in chosen]
        timely = [upload for upload, wait in zip(chosen, waits, strict=True) if not wait]
        _taken, refused = uploads.attach_all(
            application=visit.application, field=question, uploads=timely, by=person(visit.request)
        )
        # one sentence, however many files it is about
        refused += dict.fromkeys(wait for wait in waits if wait)
        if refused:
            refusals[question.key] = refused
    return refusals
