"""What each role may do with notices. Departments are scoped by the queries, not by permissions."""

from cityhall.enums import Role

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
)
_VIEW_ALL = frozenset(f"notices.view_{table}" for table in _TABLES)

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.CLERK: _READ,
    Role.CONTRACT_CLERK: frozenset({"notices.view_notice"}),
    Role.HANDLER: _READ | _LETTERS | _FAILURES,
    Role.APPROVER: _READ | _LETTERS | _FAILURES | _WITHDRAW,
    Role.ADMINISTRATOR: _VIEW_ALL
    | _LETTERS
    | _FAILURES
    | _WITHDRAW
    | {"notices.add_noticetype", "notices.change_noticetype", "notices.add_noticetypeversion"},
    Role.DISTRICT_HEAD: _READ | _LETTERS | _FAILURES,
    Role.AUDITOR: _VIEW_ALL | {"notices.view_failures"},
}
