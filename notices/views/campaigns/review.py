"""Doubtful rows, one after another: who is meant, or leave it out."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.pages import keyset_page
from cityhall.services import audit
from notices.enums import CampaignState, RowState
from notices.models import Campaign, CampaignRow
from notices.queries.campaigns import rows_in
from notices.services import campaigns
from notices.services.campaigns.judging import RECIPIENT, SUBJECT_ROLE
from notices.views.campaigns.common import CHANGE, campaign_or_404, staff_of
from residents.models import Resident
from residents.queries import visible_address

PAGE_SIZE = 20


@staff_only(CHANGE)
@never_cache
@require_safe
def campaign_review(request: HttpRequest, public_id: str) -> HttpResponse:
    """The rows that wait for a decision, with what the list says and the people it may mean. Audited."""
    user, campaign = staff_of(request), campaign_or_404(request, public_id, CHANGE)
    if campaign.campaign_state != CampaignState.CHECKED:
        return redirect("notices:campaign_detail", public_id=public_id)
    page = keyset_page(
        rows_in(campaign, RowState.DOUBTFUL), order=("position",), after=request.GET.get("after", ""), size=PAGE_SIZE
    )
    people = _people_of(page.rows)
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="resident",
        object_ids=[person.public_id for person in people.values()],
        detail="doubtful rows of a list",
    )
    context = {
        "campaign": campaign,
        "rows": [_shown(row, people, user) for row in page.rows],
        "next_url": f"?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
    }
    return render(request, "notices/campaigns/review.html", context)


@staff_only(CHANGE)
@require_POST
def campaign_decide(request: HttpRequest, public_id: str, position: int) -> HttpResponse:
    """One row: these people, or nobody."""
    campaign = campaign_or_404(request, public_id, CHANGE)
    row = get_object_or_404(
        CampaignRow.objects.select_related("campaign__version__notice_type"), campaign=campaign, position=position
    )
    user = staff_of(request)
    try:
        if request.POST.get("answer") == "leave_out":
            campaigns.leave_out(row, by=user)
        else:
            recipient = _chosen(request, RECIPIENT) or row.recipient_id or 0
            subject = _chosen(request, SUBJECT_ROLE) or row.subject_id or recipient
            campaigns.accept_row(row, recipient_id=recipient, subject_id=subject, by=user)
    except DomainError as error:
        messages.warning(request, str(error))
    return _back(campaign)


@staff_only(CHANGE)
@require_POST
def campaign_leave_out(request: HttpRequest, public_id: str) -> HttpResponse:
    """All rows that nobody decided are left out."""
    campaign = campaign_or_404(request, public_id, CHANGE)
    try:
        count = campaigns.leave_out_doubtful(campaign, by=staff_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("%(count)d行を除外しました。") % {"count": count})
    return redirect("notices:campaign_detail", public_id=public_id)


def _back(campaign: Campaign) -> HttpResponse:
    more = CampaignRow.objects.filter(campaign=campaign, state=RowState.DOUBTFUL).exists()
    return redirect("notices:campaign_review" if more else "notices:campaign_detail", public_id=campaign.public_id)


def _chosen(request: HttpRequest, role: str) -> int:
    """The person that was ticked, by the public id in the page."""
    found = Resident.objects.filter(public_id=request.POST.get(role, "")).values_list("pk", flat=True).first()
    return found or 0


def _people_of(rows: list[CampaignRow]) -> dict[int, Resident]:
    ids = {pk for row in rows for _role, pk in row.candidates}
    ids |= {pk for row in rows for pk in (row.recipient_id, row.subject_id) if pk is not None}
    return Resident.objects.in_bulk(ids)


def _shown(row: CampaignRow, people: dict[int, Resident], user: User) -> dict[str, Any]:
    groups = []
    for role, label, known in (
        (RECIPIENT, _("受取人"), row.recipient_id),
        (SUBJECT_ROLE, _("対象の方"), row.subject_id),
    ):
        offered = [pk for found, pk in row.candidates if found == role] or ([known] if known else [])
        said = row.typed.get(role)
        if said is None and (role == SUBJECT_ROLE and known in (None, row.recipient_id)):
            continue
        shown = [_person(people[pk], user) for pk in offered if pk in people]
        groups.append({"role": role, "label": label, "said": said or {}, "people": shown})
    return {"row": row, "groups": groups}


def _person(person: Resident, user: User) -> dict[str, Any]:
    return {"person": person, "address": visible_address(person, to=user)}
