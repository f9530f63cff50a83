"""What the staff pages of the corner share."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from cityhall.db import number_in
from cityhall.enums import AuditAction
from cityhall.services import audit
from counter.bereavement.enums import BereavementState
from counter.models import Bereavement
from counter.queries.bereavements import is_asked_by_staff, visible_bereavements
from counter.views.desk.common import user_of


def seen_revision(request: HttpRequest) -> int:
    """The revision a form was made from; -1 for none, which is never the present one."""
    seen = number_in(request.POST.get("revision", ""))
    return -1 if seen is None else seen


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF shown in the browser and kept nowhere."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return no_store(response)


def no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def row_or_404(request: HttpRequest, public_id: str) -> Bereavement:
    return get_object_or_404(visible_bereavements(user_of(request)), public_id=public_id)


def is_open_to_staff(row: Bereavement) -> bool:
    """Whether the family sent it, or told it on the telephone."""
    return row.state != BereavementState.DRAFT or is_asked_by_staff(row)


def record_read(request: HttpRequest, row: Bereavement, detail: str) -> None:
    audit.record(
        action=AuditAction.READ,
        actor=user_of(request),
        target_type="bereavement",
        target_id=row.public_id,
        detail=detail,
    )
