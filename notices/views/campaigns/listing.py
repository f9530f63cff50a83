"""The list of mass notices, a new one, and the page of one."""

from collections.abc import Sequence
from http import HTTPMethod
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.models import User
from cityhall.pages import keyset_page
from cityhall.queries.staff import may_in
from cityhall.services import audit
from notices.enums import CampaignSource, CampaignState, RowState
from notices.forms_campaigns import HandInForm, NewCampaignForm, ReturnForm, TimeForm
from notices.models import Campaign, CampaignEvent, CampaignRow, NoticeType
from notices.queries.campaigns import (
    GOOD_SHOWN,
    PROBLEMS_SHOWN,
    campaigns_for,
    departments_of,
    funnel_of,
    kinds_for,
    progress_of,
    reach_of,
    refused_rows,
    rows_in,
    unprintable_rows,
)
from notices.services import campaigns
from notices.services.issuing import newest_version
from notices.text_keepers import kept_elsewhere
from notices.views.campaigns.common import ADD, APPROVE, CHANGE, READ_OR_SEND, TONES, VIEW, campaign_or_404, staff_of

PAGE_SIZE = 30
EVENTS_SHOWN = 50
_STEPS = (_("送り先"), _("確認"), _("承認"), _("送信"))
_STEP_OF = {
    CampaignState.DRAFT: 0,
    CampaignState.CHECKING: 1,
    CampaignState.REFUSED: 1,
    CampaignState.CHECKED: 1,
    CampaignState.READY: 2,
    CampaignState.APPROVED: 3,
    CampaignState.MISSED: 3,
    CampaignState.SENDING: 3,
    CampaignState.PAUSED: 3,
    CampaignState.DONE: 4,
}


@staff_only(VIEW)
@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns of one's departments, newest first."""
    user = staff_of(request)
    page = keyset_page(campaigns_for(user), order=("-id",), after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {
        "rows": [{"campaign": row, "tone": _tone(row)} for row in page.rows],
        "may_add": user.has_perm(ADD),
        "next_url": f"?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
    }
    return render(request, "notices/campaigns/list.html", context)


@staff_only(ADD)
@never_cache
@require_http_methods(READ_OR_SEND)
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Name it, choose the kind of notice and how the receivers are chosen."""
    user = staff_of(request)
    chosen = {"kinds": _kinds_to_send(user), "departments": departments_of(user)}
    if request.method == HTTPMethod.POST:
        form = NewCampaignForm(request.POST, **chosen)
        if form.is_valid():
            campaign = _create(form.cleaned_data, request)
            return redirect(_next_page(campaign), public_id=campaign.public_id)
    else:
        form = NewCampaignForm(initial={"request_key": new_key()}, **chosen)
    return render(request, "notices/campaigns/new.html", {"form": form})


def _kinds_to_send(user: User) -> QuerySet[NoticeType]:
    """Without the letters that answer one application each: nobody sends those to a list."""
    kinds = kinds_for(user)
    return kinds.exclude(pk__in=kept_elsewhere(user, list(kinds.values_list("pk", flat=True))))


@staff_only(VIEW)
@never_cache
@require_safe
def campaign_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One campaign: what is to be done next, how it stands, what was done to it."""
    return show_campaign(request, campaign_or_404(request, public_id))


def show_campaign(
    request: HttpRequest,
    campaign: Campaign,
    form: HandInForm | None = None,
    *,
    return_form: ReturnForm | None = None,
) -> HttpResponse:
    """The page of a campaign; with the form whose answers were not taken, its errors beside their boxes. Audited."""
    user = staff_of(request)
    progress = progress_of(campaign)
    is_own = campaign.submitted_by_id == user.pk
    events = list(campaign.events.select_related("by").order_by("-id")[:EVENTS_SHOWN])
    context = {
        "campaign": campaign,
        "tone": _tone(campaign),
        "steps": _steps(campaign),
        "progress": progress,
        "is_file": campaign.source == CampaignSource.FILE,
        "may_change": may_in(user, CHANGE, campaign.department_id),
        "may_approve": may_in(user, APPROVE, campaign.department_id) and not is_own,
        "is_own": is_own,
        "events": events,
        "sent_back": _sent_back(campaign, events),
        "return_form": return_form or ReturnForm(is_own=is_own),
        "enclosures": campaign.files.count(),
        "now": timezone.now(),
        **_list_of(campaign),
        **_left_out_of(campaign),
        **({"form": form, "time_form": form} if form is not None else {}),
        **_outcome_of(campaign),
    }
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="campaign",
        target_id=campaign.public_id,
        target_label=campaign.name,
        department_code=campaign.department.code,
    )
    return render(
        request, "notices/campaigns/detail.html", context, status=200 if form is None and return_form is None else 422
    )


def _sent_back(campaign: Campaign, events: Sequence[CampaignEvent]) -> CampaignEvent | None:
    """The last thing that happened, when somebody opened the list again and said why."""
    if campaign.campaign_state != CampaignState.CHECKED or not events:
        return None
    return events[0] if events[0].by_id is not None and events[0].detail else None


def _create(data: dict[str, Any], request: HttpRequest) -> Campaign:
    user = staff_of(request)
    plan = campaigns.Plan(
        name=data["name"],
        version=newest_version(data["notice_type"]),
        department=data["department"],
        source=CampaignSource(data["source"]),
    )
    return campaigns.create_campaign(plan=plan, by=user, request_key=f"{user.pk}:{data['request_key']}"[:80])


def _next_page(campaign: Campaign) -> str:
    return "notices:campaign_file" if campaign.source == CampaignSource.FILE else "notices:campaign_segment"


def _list_of(campaign: Campaign) -> dict[str, Any]:
    """Good rows or problems, never mixed; what paper will cost; the form that hands the list in."""
    if campaign.campaign_state not in (CampaignState.CHECKED, CampaignState.READY, CampaignState.APPROVED):
        missed = campaign.campaign_state == CampaignState.MISSED
        return {"time_form": TimeForm()} if missed else {}
    problems = refused_rows(campaign, PROBLEMS_SHOWN)
    found: dict[str, Any] = {
        "problems": problems,
        "good": [] if problems else list(_good_rows(campaign)[:GOOD_SHOWN]),
        "first_good": _good_rows(campaign).first(),
        "form": HandInForm(has_problems=bool(campaign.problem_count)),
        "unprintable": [(row, _points(row)) for row in unprintable_rows(campaign)[:PROBLEMS_SHOWN]],
        "unprintable_count": unprintable_rows(campaign).count(),
        "unreachable": _good_rows(campaign).filter(gets_paper=False, recipient__user=None).count(),
    }
    try:
        found["cost"] = campaigns.reckon(campaign)
    except DomainError as error:
        found["cost_problem"] = str(error)
    return found


def _points(row: CampaignRow) -> str:
    """The characters by their numbers: this page has no font for them either."""
    return " ".join(f"U+{ord(character):04X}" for character in row.unprintable)


def _good_rows(campaign: Campaign) -> QuerySet[CampaignRow]:
    return rows_in(campaign, RowState.GOOD)


def _left_out_of(campaign: Campaign) -> dict[str, Any]:
    """Rows that are not sent, with their reasons: the approver and who asks later see them too."""
    return {
        "left_out": campaign.rows.filter(state=RowState.LEFT_OUT).count(),
        "left_out_rows": refused_rows(campaign, PROBLEMS_SHOWN, state=RowState.LEFT_OUT),
    }


def _outcome_of(campaign: Campaign) -> dict[str, Any]:
    if campaign.sending_at is None:
        return {}
    failed = list(rows_in(campaign, RowState.FAILED)[:PROBLEMS_SHOWN])
    return {"funnel": funnel_of(campaign), "reach": reach_of(campaign), "failed_rows": failed}


def _steps(campaign: Campaign) -> list[dict[str, str]]:
    state = CampaignState(campaign.campaign_state)
    if state == CampaignState.CANCELLED:
        return []
    here = _STEP_OF[state]
    bad = state in (CampaignState.REFUSED, CampaignState.MISSED)
    return [
        {
            "label": str(label),
            "state": "done" if place < here else "todo" if place > here else "error" if bad else "current",
        }
        for place, label in enumerate(_STEPS)
    ]


def _tone(campaign: Campaign) -> str:
    return TONES[CampaignState(campaign.campaign_state)]
