"""What the pages of the mass notices share: a campaign out of one's sight does not exist."""

from typing import Final

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from cityhall.models import User
from notices.enums import CampaignState as State
from notices.models import Campaign
from notices.queries.campaigns import ADD, APPROVE, CHANGE, VIEW, campaigns_for

__all__ = ["ADD", "APPROVE", "CHANGE", "READ_OR_SEND", "TONES", "VIEW", "campaign_or_404", "staff_of"]

READ_OR_SEND: Final = ["GET", "HEAD", "POST"]
TONES: Final = {
    State.DRAFT: "neutral",
    State.CHECKING: "info",
    State.CHECKED: "info",
    State.REFUSED: "error",
    State.READY: "warning",
    State.APPROVED: "info",
    State.MISSED: "error",
    State.SENDING: "info",
    State.PAUSED: "warning",
    State.DONE: "success",
    State.CANCELLED: "neutral",
}


def staff_of(request: HttpRequest) -> User:
    """The member of staff who asks; the rule of the page lets nobody else in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def campaign_or_404(request: HttpRequest, public_id: str, permission: str = VIEW) -> Campaign:
    """A campaign of the departments in which the person may do this (see it)."""
    return get_object_or_404(campaigns_for(staff_of(request), permission), public_id=public_id)
