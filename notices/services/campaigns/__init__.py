"""One text to many people: list or condition, check, approval, making, and what is done to a campaign on its way."""

from notices.services.campaigns.approving import approve, hand_in, reschedule, send_now, take_back
from notices.services.campaigns.costs import Cost, reckon, sample_document
from notices.services.campaigns.creating import (
    Plan,
    add_enclosures,
    create_campaign,
    headings_of,
    set_list,
    set_segment,
    start_check,
)
from notices.services.campaigns.errors import ListRefused, NotReady, OwnCampaign, PersonTwice
from notices.services.campaigns.reviewing import accept_row, leave_out, leave_out_doubtful
from notices.services.campaigns.running import cancel, pause, resend_failed, resume
from notices.services.campaigns.texts import needed_names, wanted_names
from notices.services.campaigns.working import start_due, work_on

__all__ = [
    "Cost",
    "ListRefused",
    "NotReady",
    "OwnCampaign",
    "PersonTwice",
    "Plan",
    "accept_row",
    "add_enclosures",
    "approve",
    "cancel",
    "create_campaign",
    "hand_in",
    "headings_of",
    "leave_out",
    "leave_out_doubtful",
    "needed_names",
    "pause",
    "reckon",
    "reschedule",
    "resend_failed",
    "resume",
    "sample_document",
    "send_now",
    "set_list",
    "set_segment",
    "start_check",
    "start_due",
    "take_back",
    "wanted_names",
    "work_on",
]
