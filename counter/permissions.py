"""What each role may do at the counter."""

from typing import Final

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
    "certificateorder",
    "certificateissue",
    "bereavement",
    "bereavementevent",
    "moveinimport",
    "movein",
    "moveinitem",
)
_SETTINGS = ("bereavementcorner", "bereavementcheck", "elsewhereitem", "moveinsettings")
_VIEW_ALL = frozenset(f"counter.view_{table}" for table in (*_READ_ONLY, *_SETTINGS))
# start and lead visits, read codes, receive what was signed
_SERVE = frozenset({"counter.serve_visitor"})
_FIGURES = frozenset({"counter.view_figures"})
# look up what one's own department is asked before a bereaved family comes
_ANSWER = frozenset({"counter.answer_bereavement"})
# take in notices of moving in from the national portal
IMPORT: Final = "counter.import_move_in"
_IMPORT = frozenset({IMPORT})
_CHANGE = frozenset(f"counter.{act}_{table}" for act in ("add", "change") for table in _SETTINGS)

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.CLERK: _SERVE | _IMPORT | _ANSWER,
    Role.CONTRACT_CLERK: _SERVE,
    Role.HANDLER: _SERVE | _IMPORT | _FIGURES | _ANSWER,
    Role.APPROVER: _SERVE | _IMPORT | _FIGURES | _ANSWER,
    Role.ADMINISTRATOR: _VIEW_ALL | _FIGURES | _CHANGE,
    Role.AUDITOR: _VIEW_ALL | _FIGURES,
}
