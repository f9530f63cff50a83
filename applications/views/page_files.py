"""Files that come with a page, or one by one while a person goes on typing."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from applications import typed
from applications.fields.building import file_questions
from applications.services import uploads
from applications.views.own import person
from applications.views.visits import Visit
from cityhall.rate_limits import is_within_limit

UPLOADS_PER_MINUTE = 60
"""Files from one address, which many people may share."""


def is_timely(request: HttpRequest) -> bool:
    """Counts one file of the address, and says whether it may be taken."""
    return is_within_limit(request, "attachment", times=UPLOADS_PER_MINUTE, seconds=60)


def too_fast() -> str:
    """What to say when it may not."""
    return _("短い時間に多くのファイルが送信されました。1分ほど待ってから、もう一度添付してください。")


def receive_files(visit: Visit, values: typed.Typed) -> dict[str, list[str]]:
    """Store the files the page brought; the refusals by question. Raises NotEditable."""
    refusals: dict[str, list[str]] = {}
    for question in file_questions(visit.page.fields, values):
        chosen = visit.request.FILES.getlist(typed.control_name(question))
        if not chosen:
            continue
        timely = [upload for upload in chosen if is_timely(visit.request)]
        _taken, refused = uploads.attach_all(
            application=visit.application, field=question, uploads=timely, by=person(visit.request)
        )
        if len(timely) < len(chosen):
            refused.append(too_fast())
        if refused:
            refusals[question.key] = refused
    return refusals
