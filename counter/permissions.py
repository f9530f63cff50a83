"""What each role may do at the counter."""

from cityhall.enums import Role

_READ_ONLY = (
    "prefill",
    "prefillscan",
    "visit",
    "visitprocedure",
    "visitsignature",
    "visitperiod",
    "visitevent",
    "printjob",
    "accountinvitation",
    "handover",
    "handoverevent",
    "formlayout",
)
_VIEW_ALL = frozenset(f"counter.view_{table}" for table in _READ_ONLY)
# start and lead visits, read codes, receive what was signed
_SERVE = frozenset({"counter.serve_visitor"})
_FIGURES = frozenset({"counter.view_figures"})

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.CLERK: _SERVE,
    Role.CONTRACT_CLERK: _SERVE,
    Role.HANDLER: _SERVE | _FIGURES,
    Role.APPROVER: _SERVE | _FIGURES,
    Role.ADMINISTRATOR: _VIEW_ALL | _FIGURES,
    Role.AUDITOR: _VIEW_ALL | _FIGURES,
}
