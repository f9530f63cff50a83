"""Buttons of a mass notice: hand in, approve, return, send, pause, go on, cancel, try again."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cityhall.access import staff_only
from cityhall.errors import DomainError
from notices.forms_campaigns import HandInForm, ReturnForm, TimeForm
from notices.models import Campaign
from notices.services import campaigns
from notices.views.campaigns.common import APPROVE, CHANGE, campaign_or_404, staff_of
from notices.views.campaigns.listing import show_campaign


@staff_only(CHANGE)
@require_POST
def campaign_hand_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for approval."""
    campaign = campaign_or_404(request, public_id, CHANGE)
    form = HandInForm(request.POST, has_problems=bool(campaign.problem_count))

    def hand_in(found: Campaign) -> None:
        campaigns.hand_in(
            campaign=found,
            scheduled_at=form.scheduled_at(),
            leaves_problems_out=form.cleaned_data.get("leaves_problems_out", False),
            by=staff_of(request),
        )

    done = gettext_lazy("承認を求めました。ほかの決裁者が承認すると送信されます。")
    return _do_with(request, campaign, form, hand_in, done)


@staff_only(CHANGE)
@require_POST
def campaign_take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open the list again: by who handed it in, or by the approver, who has to say why."""
    campaign, user = campaign_or_404(request, public_id, CHANGE), staff_of(request)
    form = ReturnForm(request.POST, is_own=campaign.submitted_by_id == user.pk)
    if not form.is_valid():
        return show_campaign(request, campaign, return_form=form)

    def take_back(found: Campaign) -> None:
        campaigns.take_back(campaign=found, by=user, reason=form.cleaned_data["reason"])

    return _do(request, campaign, take_back, gettext_lazy("確認済みの状態に戻しました。"))


@staff_only(APPROVE)
@require_POST
def campaign_approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """The second pair of eyes."""
    campaign = campaign_or_404(request, public_id, APPROVE)

    def approve(found: Campaign) -> None:
        campaigns.approve(campaign=found, by=staff_of(request))

    return _do(request, campaign, approve, gettext_lazy("承認しました。"))


@staff_only(CHANGE)
@require_POST
def campaign_send(request: HttpRequest, public_id: str) -> HttpResponse:
    """An approved campaign goes out now."""
    campaign = campaign_or_404(request, public_id, CHANGE)

    def send(found: Campaign) -> None:
        campaigns.send_now(campaign=found, by=staff_of(request))

    return _do(request, campaign, send, gettext_lazy("送信を始めました。"))


@staff_only(CHANGE)
@require_POST
def campaign_reschedule(request: HttpRequest, public_id: str) -> HttpResponse:
    """Another time for a campaign whose time passed."""
    campaign = campaign_or_404(request, public_id, CHANGE)
    form = TimeForm(request.POST)

    def reschedule(found: Campaign) -> None:
        moment = form.scheduled_at()
        assert moment is not None  # noqa: S101 - the form asks for the day
        campaigns.reschedule(campaign=found, scheduled_at=moment, by=staff_of(request))

    return _do_with(request, campaign, form, reschedule, gettext_lazy("送信の日時を変更しました。"))


@staff_only(CHANGE)
@require_POST
def campaign_pause(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop where it is."""

    def pause(found: Campaign) -> None:
        campaigns.pause(campaign=found, by=staff_of(request))

    return _do(request, campaign_or_404(request, public_id, CHANGE), pause, gettext_lazy("一時停止しました。"))


@staff_only(CHANGE)
@require_POST
def campaign_resume(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go on from where it was paused."""

    def resume(found: Campaign) -> None:
        campaigns.resume(campaign=found, by=staff_of(request))

    return _do(request, campaign_or_404(request, public_id, CHANGE), resume, gettext_lazy("送信を再開しました。"))


@staff_only(CHANGE)
@require_POST
def campaign_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send nothing more."""
    reason = request.POST.get("reason", "").strip()[:300]

    def cancel(found: Campaign) -> None:
        campaigns.cancel(campaign=found, by=staff_of(request), reason=reason)

    done = gettext_lazy("中止しました。お届け済みの通知は取り消されません。")
    return _do(request, campaign_or_404(request, public_id, CHANGE), cancel, done)


@staff_only(CHANGE)
@require_POST
def campaign_resend(request: HttpRequest, public_id: str) -> HttpResponse:
    """Only what failed is tried again."""

    def resend(found: Campaign) -> None:
        campaigns.resend_failed(campaign=found, by=staff_of(request))

    done = gettext_lazy("失敗した分だけ、もう一度送信します。")
    return _do(request, campaign_or_404(request, public_id, CHANGE), resend, done)


def _do_with(
    request: HttpRequest, campaign: Campaign, form: HandInForm, act: Callable[[Campaign], None], done: str | Promise
) -> HttpResponse:
    """The act with what was filled in; what is wrong with that stands beside its box, with all that was typed."""
    if not form.is_valid():
        return show_campaign(request, campaign, form)
    try:
        act(campaign)
    except campaigns.NotReady as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show_campaign(request, campaign, form)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, str(done))
    return _back(campaign)


def _do(request: HttpRequest, campaign: Campaign, act: Callable[[Campaign], None], done: str | Promise) -> HttpResponse:
    """The act and what is said of it; a refusal is a sentence on the page of the campaign."""
    try:
        act(campaign)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, str(done))
    return _back(campaign)


def _back(campaign: Campaign) -> HttpResponse:
    return redirect("notices:campaign_detail", public_id=campaign.public_id)
