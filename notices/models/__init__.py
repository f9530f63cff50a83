"""Notices, the evidence that they arrived, and the ways they travel."""

from notices.models.campaigns import Campaign, CampaignEvent, CampaignFile, CampaignRow
from notices.models.channels import (
    AccountAlert,
    BadAddress,
    ChannelPreference,
    LineAccount,
    LineEvent,
    LineNonce,
    MailEvent,
    OutgoingAlert,
    OutgoingLine,
    OutgoingPush,
    OutgoingSms,
    PushSubscription,
    SmsNumber,
    Topic,
    TopicSubscription,
)
from notices.models.checks import NoticeCheck, ProofSheet
from notices.models.circulars import Circular, CircularHome, CircularReading, CircularRound, District, DistrictHead
from notices.models.delivery import Delivery, DocumentJob, OutgoingMail
from notices.models.letters import LetterRun, LetterRunItem, PostSettings
from notices.models.notice import Notice, NoticeFile, NoticeReply, ReceiptEvent
from notices.models.reminders import FilingReminder
from notices.models.tokens import TokenLogin
from notices.models.topics import TopicMessage
from notices.models.types import NoticeType, NoticeTypeVersion, VersionFile

__all__ = [
    "AccountAlert",
    "BadAddress",
    "Campaign",
    "CampaignEvent",
    "CampaignFile",
    "CampaignRow",
    "ChannelPreference",
    "Circular",
    "CircularHome",
    "CircularReading",
    "CircularRound",
    "Delivery",
    "District",
    "DistrictHead",
    "DocumentJob",
    "FilingReminder",
    "LetterRun",
    "LetterRunItem",
    "LineAccount",
    "LineEvent",
    "LineNonce",
    "MailEvent",
    "Notice",
    "NoticeCheck",
    "NoticeFile",
    "NoticeReply",
    "NoticeType",
    "NoticeTypeVersion",
    "OutgoingAlert",
    "OutgoingLine",
    "OutgoingMail",
    "OutgoingPush",
    "OutgoingSms",
    "PostSettings",
    "ProofSheet",
    "PushSubscription",
    "ReceiptEvent",
    "SmsNumber",
    "TokenLogin",
    "Topic",
    "TopicMessage",
    "TopicSubscription",
    "VersionFile",
]
