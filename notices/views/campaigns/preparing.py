"""The list or the condition of a mass notice: upload, columns, builder."""

import json
from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState
from notices.enums import CampaignSource, CampaignState
from notices.forms_campaigns import ColumnsForm, EnclosureForm, ListForm, SegmentForm
from notices.models import Campaign
from notices.segments import count_people, read_segment
from notices.services import campaigns
from notices.services.campaigns.states import MOVES
from notices.views.campaigns.common import CHANGE, READ_OR_SEND, campaign_or_404, staff_of


@staff_only(CHANGE)
@never_cache
@require_http_methods(READ_OR_SEND)
def campaign_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Bring the list, and PDFs for single rows."""
    campaign = _of_source_or_404(request, public_id, CampaignSource.FILE)
    if not _is_open(campaign):
        return _stale(request, campaign, StaleState())
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            campaigns.set_list(campaign=campaign, upload=form.cleaned_data["file"], by=staff_of(request))
        except campaigns.ListRefused as refusal:
            form.add_error("file", str(refusal))
        except StaleState as error:
            return _stale(request, campaign, error)
        else:
            return redirect("notices:campaign_columns", public_id=public_id)
    return _show_file(request, campaign, form, EnclosureForm(auto_id="id_zip_%s"))


@staff_only(CHANGE)
@require_POST
def campaign_enclosures(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a ZIP of PDFs."""
    campaign = _of_source_or_404(request, public_id, CampaignSource.FILE)
    if not _is_open(campaign):
        return _stale(request, campaign, StaleState())
    form = EnclosureForm(request.POST, request.FILES, auto_id="id_zip_%s")
    if form.is_valid():
        try:
            count = campaigns.add_enclosures(campaign=campaign, upload=form.cleaned_data["file"], by=staff_of(request))
        except campaigns.ListRefused as refusal:
            form.add_error("file", str(refusal))
        except StaleState as error:
            return _stale(request, campaign, error)
        else:
            messages.success(request, _("添付ファイルを%(count)d個登録しました。") % {"count": count})
            return redirect("notices:campaign_file", public_id=public_id)
    return _show_file(request, campaign, ListForm(), form)


@staff_only(CHANGE)
@never_cache
@require_http_methods(READ_OR_SEND)
def campaign_columns(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what the columns are and which values are the same for all; then the worker checks the list."""
    campaign = campaign_or_404(request, public_id, CHANGE)
    if not _is_open(campaign):
        return _stale(request, campaign, StaleState())
    is_file = campaign.source == CampaignSource.FILE
    try:
        headings = campaigns.headings_of(campaign) if is_file else []
    except campaigns.ListRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("notices:campaign_file", public_id=public_id)
    form = ColumnsForm(
        request.POST or None,
        campaign=campaign,
        headings=headings,
        names=campaigns.wanted_names(campaign),
        needed=campaigns.needed_names(campaign),
    )
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            campaigns.start_check(campaign=campaign, mapping=form.mapping(), values=form.common(), by=staff_of(request))
        except campaigns.ListRefused as refusal:
            form.add_error(None, str(refusal))
        except StaleState as error:
            return _stale(request, campaign, error)
        else:
            return redirect("notices:campaign_detail", public_id=public_id)
    context = {"campaign": campaign, "form": form, "is_file": is_file}
    return render(request, "notices/campaigns/columns.html", context)


@staff_only(CHANGE)
@never_cache
@require_http_methods(READ_OR_SEND)
def campaign_segment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose the receivers by what is known of them; the count is exact, and shown before anything is made."""
    campaign = _of_source_or_404(request, public_id, CampaignSource.SEGMENT)
    if not _is_open(campaign):
        return _stale(request, campaign, StaleState())
    form = SegmentForm(request.POST or None, segment=campaign.segment)
    count = None
    if request.method == HTTPMethod.POST and form.is_valid():
        document = form.segment()
        try:
            count = count_people(read_segment(document))
            if request.POST.get("action") == "save":
                campaigns.set_segment(campaign=campaign, document=document, by=staff_of(request))
                return redirect("notices:campaign_columns", public_id=public_id)
        except StaleState as error:
            return _stale(request, campaign, error)
        except DomainError as refusal:
            form.add_error("document" if form.cleaned_data["document"] else None, str(refusal))
    context = {
        "campaign": campaign,
        "form": form,
        "count": count,
        "written": json.dumps(form.segment(), ensure_ascii=False) if count is not None else "",
    }
    return render(request, "notices/campaigns/segment.html", context)


def _of_source_or_404(request: HttpRequest, public_id: str, source: CampaignSource) -> Campaign:
    """A campaign that has such a page."""
    campaign = campaign_or_404(request, public_id, CHANGE)
    if campaign.source != source:
        raise Http404
    return campaign


def _is_open(campaign: Campaign) -> bool:
    """Whether its list may still be changed; a button that is pressed twice comes when it is not any more."""
    return CampaignState.CHECKING in MOVES[CampaignState(campaign.campaign_state)]


def _show_file(request: HttpRequest, campaign: Campaign, form: ListForm, enclosures: EnclosureForm) -> HttpResponse:
    context = {
        "campaign": campaign,
        "form": form,
        "enclosures": enclosures,
        "files": campaign.files.order_by("name").values_list("name", flat=True)[:20],
        "file_count": campaign.files.count(),
        "names": campaigns.wanted_names(campaign),
    }
    return render(request, "notices/campaigns/file.html", context)


def _stale(request: HttpRequest, campaign: Campaign, error: StaleState) -> HttpResponse:
    messages.warning(request, str(error))
    return redirect("notices:campaign_detail", public_id=campaign.public_id)
