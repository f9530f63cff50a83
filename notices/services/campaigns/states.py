"""The one place where a campaign changes its state."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cityhall.enums import AuditAction, WorkState
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.queue import wake
from cityhall.services import audit
from notices.enums import CampaignState as State
from notices.models import Campaign, CampaignEvent
from notices.services.campaigns.errors import LostClaim

TASK: Final = "notices.tasks.run_campaigns"
MOVES: Final[dict[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.CHECKING, State.CANCELLED}),
    State.CHECKING: frozenset({State.CHECKED, State.REFUSED, State.CANCELLED}),
    # back to `draft`: another list, condition or enclosure; what was checked says nothing any more
    State.CHECKED: frozenset({State.DRAFT, State.CHECKING, State.READY, State.CANCELLED}),
    State.REFUSED: frozenset({State.DRAFT, State.CHECKING, State.CANCELLED}),
    # back to `checked`: taken back by who handed it in, or returned by the approver
    State.READY: frozenset({State.CHECKED, State.APPROVED, State.CANCELLED}),
    State.APPROVED: frozenset({State.SENDING, State.MISSED, State.CHECKED, State.CANCELLED}),
    State.MISSED: frozenset({State.SENDING, State.APPROVED, State.CANCELLED}),
    State.SENDING: frozenset({State.PAUSED, State.DONE, State.CANCELLED}),
    State.PAUSED: frozenset({State.SENDING, State.CANCELLED}),
    # what failed is tried again
    State.DONE: frozenset({State.SENDING}),
    State.CANCELLED: frozenset(),
}
WORKING: Final = frozenset({State.CHECKING, State.SENDING, State.CANCELLED})
"""States in which the worker has something to do (a cancelled campaign is cleared up)."""
FINAL: Final = frozenset({State.DONE, State.CANCELLED})
NO_COUNTS: Final[dict[str, Any]] = dict.fromkeys(
    ("next_row", "rows_count", "good_count", "doubtful_count", "problem_count", "paper_count", "postage_yen"), 0
)
"""The columns of a campaign none of whose rows are checked."""


def move(
    campaign: Campaign,
    to: State,
    *,
    by: User | None,
    detail: str = "",
    now: dt.datetime | None = None,
    only_from: Collection[State] = frozenset(State),
    holds_claim: bool = False,
    **columns: Any,
) -> None:
    """Move a campaign, with further columns, its event and the audit in one transaction; wakes the worker.

    A worker that is at it loses its claim and writes nothing more. `holds_claim` is for the worker's own moves,
    `only_from` for an act that may not begin wherever the table has a way to `to`. Raises StaleState when there is no
    such move or somebody was faster (LostClaim for the worker).
    """
    seen = State(campaign.campaign_state)
    if to not in MOVES[seen] or seen not in only_from:
        raise StaleState
    moment = now or timezone.now()
    rows = Campaign.objects.filter(pk=campaign.pk, campaign_state=seen, revision=campaign.revision)
    if holds_claim:
        rows = rows.filter(claim_id=campaign.claim_id, state=WorkState.RUNNING)
    changes = {"campaign_state": to, "revision": F("revision") + 1, **_work(to, moment), **columns}
    with transaction.atomic():
        if not rows.update(**changes):
            raise LostClaim if holds_claim else StaleState
        CampaignEvent.objects.create(campaign=campaign, at=moment, state=to, detail=detail[:300], by=by)
        audit.record(
            action=AuditAction.STATE,
            actor=by,
            target_type="campaign",
            target_id=campaign.public_id,
            target_label=campaign.name,
            detail=f"{seen} → {to}",
            department_code=campaign.department.code,
        )
        if to in WORKING:
            wake(TASK)
    campaign.refresh_from_db()


def _work(to: State, moment: dt.datetime) -> dict[str, Any]:
    """The worker's own columns: due now where there is work, done where people are asked."""
    free = {"claim_id": None, "lease_until": None, "attempts": 0, "last_error": ""}
    if to in WORKING:
        return free | {"state": WorkState.QUEUED, "due_at": moment, "finished_at": None}
    return free | {"state": WorkState.DONE, "finished_at": moment}
