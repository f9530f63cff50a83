"""Handing a checked list in, approving it with a second pair of eyes, and its time."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.models import User
from notices.enums import CampaignState, RowState
from notices.models import Campaign, CampaignRow
from notices.services.campaigns import states
from notices.services.campaigns.costs import write_down
from notices.services.campaigns.enclosures import need_clean_files
from notices.services.campaigns.errors import NotReady, OwnCampaign

MOST_AHEAD = dt.timedelta(days=366)


def hand_in(
    *,
    campaign: Campaign,
    scheduled_at: dt.datetime | None,
    leaves_problems_out: bool,
    by: User,
    now: dt.datetime | None = None,
) -> None:
    """Ask for approval of a checked list; from now on its rows stay as they are.

    Rows that cannot be sent are left out, which the caller has to say. Without a time it is sent once it is approved.
    Raises NotReady (rows to decide, nothing to send, an enclosure that was not checked, a time that cannot be),
    StaleState.
    """
    moment = now or timezone.now()
    _check_time(scheduled_at, moment)
    if campaign.doubtful_count:
        raise NotReady(_("確認が必要な行が残っています。一行ずつ確認するか、除外してください。"))
    if not campaign.good_count:
        raise NotReady(_("送信できる行がありません。名簿と列の対応を確認してください。"))
    if campaign.problem_count and not leaves_problems_out:
        raise NotReady(
            _("送信できない行があります。除外して進めるときは、その欄に印を付けてください。"),
            field="leaves_problems_out",
        )
    need_clean_files(campaign)
    with transaction.atomic():
        rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.PROBLEM)
        # before the move: whoever was faster leaves nothing of this
        states.move(
            campaign,
            CampaignState.READY,
            by=by,
            now=moment,
            submitted_by=by,
            scheduled_at=scheduled_at,
            problem_count=0,
        )
        rows.update(state=RowState.LEFT_OUT)
    write_down(campaign)
    campaign.refresh_from_db()


def take_back(*, campaign: Campaign, by: User, reason: str = "", now: dt.datetime | None = None) -> None:
    """Open a list again that waits for approval or for its time; who takes or sends it back says why.

    Raises StaleState.
    """
    states.move(
        campaign,
        CampaignState.CHECKED,
        by=by,
        detail=reason,
        now=now,
        only_from={CampaignState.READY, CampaignState.APPROVED},
        submitted_by=None,
        approved_by=None,
        approved_at=None,
        scheduled_at=None,
    )


def approve(*, campaign: Campaign, by: User, now: dt.datetime | None = None) -> None:
    """Approve what somebody else handed in: it is sent now, or at its time.

    One whose time passed long ago is put to a person by the clock. Raises OwnCampaign, NotReady (an enclosure that was
    not checked), StaleState.
    """
    if campaign.submitted_by_id == by.pk:
        raise OwnCampaign
    need_clean_files(campaign)
    moment = now or timezone.now()
    with transaction.atomic():
        states.move(
            campaign,
            CampaignState.APPROVED,
            by=by,
            now=moment,
            only_from={CampaignState.READY},
            approved_by=by,
            approved_at=moment,
        )
        if campaign.scheduled_at is None:
            states.move(campaign, CampaignState.SENDING, by=by, now=moment, sending_at=moment)


def reschedule(*, campaign: Campaign, scheduled_at: dt.datetime, by: User, now: dt.datetime | None = None) -> None:
    """Another time for an approved campaign whose time passed while nothing ran. Raises NotReady, StaleState."""
    _check_time(scheduled_at, now or timezone.now())
    missed = {CampaignState.MISSED}
    states.move(campaign, CampaignState.APPROVED, by=by, now=now, only_from=missed, scheduled_at=scheduled_at)


def send_now(*, campaign: Campaign, by: User, now: dt.datetime | None = None) -> None:
    """Begin to send an approved campaign at once, whatever its time. Raises StaleState."""
    moment = now or timezone.now()
    approved = {CampaignState.APPROVED, CampaignState.MISSED}
    states.move(campaign, CampaignState.SENDING, by=by, now=moment, only_from=approved, sending_at=moment)


def _check_time(scheduled_at: dt.datetime | None, now: dt.datetime) -> None:
    if scheduled_at is None:
        return
    if scheduled_at <= now:
        raise NotReady(_("送信予定日時は、これから先の日時にしてください。"), field="day")
    if scheduled_at - now > MOST_AHEAD:
        raise NotReady(_("送信予定日時は、1年以内にしてください。"), field="day")
