"""One text to many people: list or condition, check, approval, making, and what is done to a campaign on its way."""

from notices.services.campaigns.approving import approve, hand_in, reschedule, send_now, take_back
from notices.services.campaigns.costs import Cost, reckon, sample_document
from notices.services.campaigns.creating import (
    Plan,
    create_campaign,
    headings_of,
    set_list,
    set_segment,
    start_check,
)
from notices.services.campaigns.enclosures import add_enclosures
from notices.services.campaigns.errors import DoubtUnseen, ListRefused, NotReady, OwnCampaign, PersonTwice
from notices.services.campaigns.forgetting import cancel_untouched
from notices.services.campaigns.reviewing import accept_row, doubts_of, leave_out, leave_out_doubtful, offered
from notices.services.campaigns.running import cancel, pause, resend_failed, resume
from notices.services.campaigns.texts import needed_names, wanted_names
from notices.services.campaigns.working import start_due, work_on

__all__ = [
    "Cost",
    "DoubtUnseen",
    "ListRefused",
    "NotReady",
    "OwnCampaign",
    "PersonTwice",
    "Plan",
    "accept_row",
    "add_enclosures",
    "approve",
    "cancel",
    "cancel_untouched",
    "create_campaign",
    "doubts_of",
    "hand_in",
    "headings_of",
    "leave_out",
    "leave_out_doubtful",
    "needed_names",
    "offered",
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
