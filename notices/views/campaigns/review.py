"""Doubtful rows, one after another: who is meant, or leave it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
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
from notices.services.campaigns.judging import RECIPIENT, SUBJECT_ROLE, Doubt
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
    return _show(request, campaign, user)


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
            _accept(request, row, user)
    except (campaigns.NotReady, campaigns.DoubtUnseen) as error:
        return _show(request, campaign, user, fault=Fault.of(error, row, request))
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


def _accept(request: HttpRequest, row: CampaignRow, user: User) -> None:
    """The people that were ticked, by the public ids in the page; where there is no choice, those of the row."""
    recipient = _chosen(request, row, RECIPIENT) or row.recipient_id or 0
    subject = _chosen(request, row, SUBJECT_ROLE)
    if not subject and not campaigns.offered(row, SUBJECT_ROLE):
        subject = row.subject_id or recipient
    seen = request.POST.getlist("seen")
    campaigns.accept_row(row, recipient_id=recipient, subject_id=subject, by=user, seen=seen)


def _chosen(request: HttpRequest, row: CampaignRow, role: str) -> int:
    known = row.recipient_id if role == RECIPIENT else row.subject_id
    ids = campaigns.offered(row, role) or {known or 0}
    found = Resident.objects.filter(pk__in=ids, public_id=request.POST.get(role, ""))
    return found.values_list("pk", flat=True).first() or 0


@dataclass(frozen=True)
class Fault:
    """Why the answer to a row was not taken, and what was answered."""

    position: int
    said: str
    role: str
    doubts: Sequence[Doubt]
    answers: Mapping[str, str]

    @classmethod
    def of(cls, error: campaigns.NotReady | campaigns.DoubtUnseen, row: CampaignRow, request: HttpRequest) -> "Fault":
        doubts = error.doubts if isinstance(error, campaigns.DoubtUnseen) else ()
        role = "" if isinstance(error, campaigns.DoubtUnseen) else error.field
        answers = {role: request.POST.get(role, "") for role in (RECIPIENT, SUBJECT_ROLE)}
        return cls(row.position, str(error), role, doubts, answers)


def _show(request: HttpRequest, campaign: Campaign, user: User, fault: Fault | None = None) -> HttpResponse:
    """A page of rows; an answer that was not taken stands in its row, which comes first. Audited."""
    after = request.GET.get("after", "") if fault is None else ""
    rows = rows_in(campaign, RowState.DOUBTFUL)
    if fault is not None:
        rows = rows.filter(position__gte=fault.position)
    page = keyset_page(rows, order=("position",), after=after, size=PAGE_SIZE)
    people, doubts = _people_of(page.rows), campaigns.doubts_of(page.rows)
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="resident",
        object_ids=[person.public_id for person in people.values()],
        detail="doubtful rows of a list",
    )
    shown = []
    for row in page.rows:
        of_row = fault if fault is not None and fault.position == row.position else None
        seen = of_row.doubts if of_row is not None and of_row.doubts else doubts.get(row.pk, ())
        shown.append(_shown(row, people, user, of_row) | {"doubts": seen, "fault": of_row})
    context = {
        "campaign": campaign,
        "rows": shown,
        "fault": fault,
        "next_url": _next_url(campaign, page.next_cursor),
    }
    return render(request, "notices/campaigns/review.html", context, status=422 if fault is not None else 200)


def _next_url(campaign: Campaign, cursor: str) -> str:
    """Absolute: the page that answers a decision has another address."""
    if not cursor:
        return ""
    return f"{reverse('notices:campaign_review', args=[campaign.public_id])}?{urlencode({'after': cursor})}"


def _people_of(rows: list[CampaignRow]) -> dict[int, Resident]:
    ids = {pk for row in rows for _role, pk in row.candidates}
    ids |= {pk for row in rows for pk in (row.recipient_id, row.subject_id) if pk is not None}
    return Resident.objects.in_bulk(ids)


def _shown(row: CampaignRow, people: dict[int, Resident], user: User, fault: Fault | None) -> dict[str, Any]:
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
        answer = fault.answers[role] if fault is not None else shown[0]["person"].public_id if len(shown) == 1 else ""
        error = fault.said if fault is not None and fault.role == role else ""
        groups.append(
            {"role": role, "label": label, "said": said or {}, "people": shown, "answer": answer, "error": error}
        )
    return {"row": row, "groups": groups}


def _person(person: Resident, user: User) -> dict[str, Any]:
    return {"person": person, "address": visible_address(person, to=user)}
