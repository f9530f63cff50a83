"""Beside the page of a campaign: how far it is, one letter as it will be, the rows that cannot be sent as a table."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.http import json_with_etag
from cityhall.services import audit
from cityhall.spreadsheets import csv_response
from notices.enums import RowState
from notices.queries.campaigns import progress_of, rows_in
from notices.services import campaigns
from notices.views.campaigns.common import VIEW, campaign_or_404, staff_of
from residents.permissions import VIEW_PROTECTED_ADDRESS
from residents.queries import is_protected


@staff_only(VIEW)
@never_cache
@require_safe
def campaign_progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far it is, for the bar that moves by itself."""
    progress = progress_of(campaign_or_404(request, public_id))
    return json_with_etag(
        request,
        {
            "state": progress.campaign.campaign_state,
            "running": progress.is_running,
            "done": progress.done,
            "total": progress.total,
            "percent": progress.percent,
        },
    )


@staff_only(VIEW)
@never_cache
@require_safe
def campaign_letter(request: HttpRequest, public_id: str, position: int) -> HttpResponse:
    """The letter that a row will become: not signed, with a number that is nobody's. Audited."""
    user, campaign = staff_of(request), campaign_or_404(request, public_id)
    row = rows_in(campaign, RowState.GOOD).filter(position=position).first()
    if row is None or row.recipient is None:
        raise Http404
    if is_protected(row.recipient) and not user.has_perm(VIEW_PROTECTED_ADDRESS):
        # the letter carries the address
        raise Http404
    row.campaign = campaign
    try:
        content = campaigns.sample_document(row)
    except DomainError as error:
        context = {"campaign": campaign, "position": position, "reason": str(error)}
        return render(request, "notices/campaigns/letter_refused.html", context, status=422)
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="campaign",
        target_id=campaign.public_id,
        object_ids=[row.recipient.public_id],
        detail="sample letter",
        department_code=campaign.department.code,
    )
    response = HttpResponse(content, content_type="application/pdf")
    name = _("見本_%(row)d行目.pdf") % {"row": position}
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


@staff_only(VIEW)
@never_cache
@require_safe
def campaign_problems(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Every row that was not or cannot be sent, with the row of the list and the reason. Audited as an export."""
    user, campaign = staff_of(request), campaign_or_404(request, public_id)
    audit.record(
        action=AuditAction.EXPORT,
        actor=user,
        target_type="campaign",
        target_id=campaign.public_id,
        target_label=campaign.name,
        detail="rows that are not sent",
        department_code=campaign.department.code,
    )
    states = (RowState.PROBLEM, RowState.DOUBTFUL, RowState.LEFT_OUT, RowState.FAILED)
    rows = (
        [
            row.position,
            row.get_state_display(),
            row.problem,
            _name(row.typed),
            row.typed.get("recipient", {}).get("number", ""),
        ]
        for row in rows_in(campaign, *states).iterator()
    )
    header = [_("行"), _("状態"), _("理由"), _("名簿の氏名"), _("名簿の宛名番号")]
    return csv_response(name=_("送れない行_%(name)s.csv") % {"name": campaign.name}, header=header, rows=rows)


def _name(typed: dict[str, dict[str, str]]) -> str:
    return typed.get("recipient", {}).get("name", "")
