"""Everybody of a campaign: who opened, who filed, who got a letter, whom nothing reached; as a page and as a file."""

from collections.abc import Iterator

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.pages import keyset_page
from cityhall.queries.staff import may_in
from cityhall.services import audit
from cityhall.spreadsheets import csv_response
from notices.models import Campaign, FilingReminder
from notices.people import EXPORT_HEADER, export_line, person_of
from notices.queries.campaigns import funnel_of
from notices.queries.people import PeopleFilter, people_of
from notices.services.acted import not_filed, order_reminder
from notices.views.campaigns.common import CHANGE, VIEW, campaign_or_404, staff_of

PAGE_SIZE = 50
CHUNK = 500


class _PeopleForm(forms.Form):
    """Whom to show. What cannot be understood counts as not asked for."""

    show = forms.ChoiceField(
        label=gettext_lazy("表示する人"), required=False, choices=[("", gettext_lazy("すべて")), *PeopleFilter.choices]
    )

    def wanted(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("show", ""))


@staff_only(VIEW)
@require_safe
def campaign_people(request: HttpRequest, public_id: str) -> HttpResponse:
    """Each person with state, reason and telephone, in the order of the list. Reading is audited."""
    campaign = campaign_or_404(request, public_id)
    user = staff_of(request)
    form = _PeopleForm(request.GET)
    found = people_of(campaign, form.wanted())
    page = keyset_page(found, order=("position",), after=request.GET.get("after", ""), size=PAGE_SIZE)
    people = [person_of(row, to=user) for row in page.rows]
    _record(campaign, user, AuditAction.LIST, [row.notice.public_id for row in page.rows if row.notice is not None])
    query = request.GET.copy()
    query["after"] = page.next_cursor
    context = {
        "campaign": campaign,
        "form": form,
        "people": people,
        "funnel": funnel_of(campaign),
        "reminders": FilingReminder.objects.filter(campaign=campaign).order_by("-number"),
        "asks_for_filing": bool(campaign.version.action_kind),
        "may_remind": _may_remind(user, campaign),
        "next_url": f"?{query.urlencode()}" if page.next_cursor else "",
        "export_query": request.GET.urlencode(),
    }
    return render(request, "notices/people/list.html", context)


@staff_only(VIEW)
@require_safe
def campaign_people_export(request: HttpRequest, public_id: str) -> StreamingHttpResponse:
    """The same people as CSV with the times and hashes of the evidence. Audited as an export."""
    campaign = campaign_or_404(request, public_id)
    user = staff_of(request)
    wanted = _PeopleForm(request.GET).wanted()
    rows = people_of(campaign, wanted)
    _record(campaign, user, AuditAction.EXPORT, [], detail=f"people {wanted or 'all'}")

    def lines() -> Iterator[list[str]]:
        for row in rows.iterator(chunk_size=CHUNK):
            yield list(export_line(person_of(row, to=user)))

    return csv_response(name=f"{campaign.name}.csv", header=EXPORT_HEADER, rows=lines())


@staff_only(CHANGE)
@require_POST
def campaign_remind(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have everybody reminded who has not filed."""
    campaign = campaign_or_404(request, public_id, CHANGE)
    try:
        order_reminder(campaign, by=staff_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("手続がまだの人に、お知らせを送ります。"))
    return redirect("notices:campaign_people", public_id=public_id)


def _may_remind(user: User, campaign: Campaign) -> bool:
    return may_in(user, CHANGE, campaign.department_id) and not_filed(campaign).exists()


def _record(campaign: Campaign, user: User, action: AuditAction, ids: list[str], detail: str = "") -> None:
    audit.record(
        action=action,
        actor=user,
        target_type="campaign",
        target_id=campaign.public_id,
        target_label=campaign.name,
        department_code=campaign.department.code,
        detail=detail,
        object_ids=ids,
    )
