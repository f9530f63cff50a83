"""What each role may do with notices. Departments are scoped by the queries, not by permissions."""

from cityhall.enums import Role

TEXT_ROLES = frozenset({Role.HANDLER, Role.APPROVER})
"""Roles that write the kinds of notices of the department they were given for."""

_READ = frozenset({"notices.view_notice", "notices.view_receiptevent"})
_LETTERS = frozenset({"notices.view_letterrun", "notices.add_letterrun", "notices.change_letterrun"})
_FAILURES = frozenset({"notices.view_failures", "notices.retry_failures"})
_WITHDRAW = frozenset({"notices.withdraw_notice"})
_TABLES = (
    "noticetype",
    "noticetypeversion",
    "notice",
    "receiptevent",
    "delivery",
    "outgoingmail",
    "documentjob",
    "letterrun",
    "letterrunitem",
    "noticecheck",
    "versionfile",
    "noticefile",
    "noticereply",
    "postsettings",
    "campaign",
    "campaignrow",
    "campaignfile",
    "campaignevent",
    "filingreminder",
    "pushsubscription",
    "lineaccount",
    "linenonce",
    "lineevent",
    "smsnumber",
    "channelpreference",
    "accountalert",
    "outgoingpush",
    "outgoingline",
    "outgoingsms",
    "mailevent",
    "badaddress",
    "topic",
    "topicsubscription",
    "topicmessage",
    "district",
    "districthead",
    "circularhome",
    "circular",
    "circularreading",
    "circularround",
    "tokenlogin",
    "proofsheet",
)
# lists, texts and sending of campaigns; nobody approves what they handed in (a constraint of the database)
_CAMPAIGNS = frozenset({"notices.view_campaign", "notices.add_campaign", "notices.change_campaign"})
_APPROVE = frozenset({"notices.approve_campaign"})
_TEXTS = frozenset({"notices.view_noticetype", "notices.change_noticetype", "notices.add_noticetypeversion"})
_TOPICS = frozenset({"notices.view_topicmessage", "notices.add_topicmessage"})
_REPLIES = frozenset({"notices.change_noticereply"})
_CIRCULARS = frozenset({"notices.view_circular", "notices.add_circular", "notices.change_circular"})
# the homes of a district and their tablets: whoever looks after it, and who sets it up
_HOMES = frozenset({"notices.view_circularhome", "notices.add_circularhome", "notices.change_circularhome"})
_VIEW_ALL = frozenset(f"notices.view_{table}" for table in _TABLES)

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.CLERK: _READ,
    Role.CONTRACT_CLERK: frozenset({"notices.view_notice"}),
    Role.HANDLER: _READ | _LETTERS | _FAILURES | _CAMPAIGNS | _TEXTS | _TOPICS | _REPLIES | _CIRCULARS,
    Role.APPROVER: _READ
    | _LETTERS
    | _FAILURES
    | _WITHDRAW
    | _CAMPAIGNS
    | _APPROVE
    | _TEXTS
    | _TOPICS
    | _REPLIES
    | _CIRCULARS,
    Role.ADMINISTRATOR: _VIEW_ALL
    | _LETTERS
    | _FAILURES
    | _WITHDRAW
    | _CAMPAIGNS
    | _APPROVE
    | _TEXTS
    | _TOPICS
    | _REPLIES
    | _CIRCULARS
    | {"notices.add_noticetype", "notices.change_postsettings", "notices.add_postsettings"}
    | {f"notices.{act}_{table}" for act in ("add", "change") for table in ("topic", "badaddress")}
    | {"notices.delete_badaddress"}
    | {f"notices.{act}_{table}" for act in ("add", "change") for table in ("district", "districthead", "circularhome")},
    # which districts, the rows of `DistrictHead` say
    Role.DISTRICT_HEAD: _CIRCULARS | _HOMES,
    Role.AUDITOR: _VIEW_ALL | {"notices.view_failures"},
}
