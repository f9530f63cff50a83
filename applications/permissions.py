"""What a role may do with cases, what a granted right adds, and which step of a case needs what.

A person may take a step when three things meet: a role of theirs gives the right, the case lies in their
scope for that right (own department, or a procedure another department granted), and the state allows it.
"""

from enum import StrEnum, auto

from applications.enums import ApplicationState
from cityhall.enums import GrantedRightKind, Role

S = ApplicationState


class CaseRight(StrEnum):
    """What may be done with a case of one's scope."""

    VIEW = auto()
    RECEIVE = auto()
    PROCESS = auto()
    DECIDE = auto()
    APPROVE = auto()


class CaseAction(StrEnum):
    """One step of casework."""

    TAKE = auto()
    ASSIGN = auto()
    RETURN = auto()
    PROPOSE = auto()
    DECIDE = auto()
    APPROVE = auto()
    SEND_BACK = auto()
    HOLD = auto()
    UNHOLD = auto()
    COMPLETE = auto()
    REOPEN = auto()
    WRITE = auto()


_DESK = frozenset({CaseRight.VIEW, CaseRight.RECEIVE})
_DEPUTY = frozenset(CaseRight)

ROLE_RIGHTS: dict[Role, frozenset[CaseRight]] = {
    Role.CLERK: _DESK,
    # staff of a contractor stand at the desk; by law the decision is the city's own
    Role.CONTRACT_CLERK: _DESK,
    Role.HANDLER: _DEPUTY - {CaseRight.APPROVE},
    Role.APPROVER: _DEPUTY,
    # no employee of the city: nothing of a case is theirs to see
    Role.DISTRICT_HEAD: frozenset(),
    # the whole city hall, reading only; every reading is audited
    Role.ADMINISTRATOR: frozenset({CaseRight.VIEW}),
    Role.AUDITOR: frozenset({CaseRight.VIEW}),
}

GRANT_RIGHTS: dict[GrantedRightKind, frozenset[CaseRight]] = {
    GrantedRightKind.RECEPTION: _DESK,
    GrantedRightKind.PROCESSING: _DESK | {CaseRight.PROCESS},
    GrantedRightKind.DECISION: frozenset({CaseRight.VIEW, CaseRight.DECIDE, CaseRight.APPROVE}),
}
"""What a grant lets in; the role of the person must give it too."""

NEEDED_RIGHT: dict[CaseAction, CaseRight] = {
    CaseAction.TAKE: CaseRight.RECEIVE,
    CaseAction.ASSIGN: CaseRight.PROCESS,
    CaseAction.RETURN: CaseRight.PROCESS,
    CaseAction.PROPOSE: CaseRight.PROCESS,
    CaseAction.DECIDE: CaseRight.DECIDE,
    CaseAction.APPROVE: CaseRight.APPROVE,
    CaseAction.SEND_BACK: CaseRight.APPROVE,
    # whoever receives the visitor says that they came
    CaseAction.HOLD: CaseRight.RECEIVE,
    # and who recorded it, or an administrator, takes it back (`queries.scope.may`)
    CaseAction.UNHOLD: CaseRight.VIEW,
    CaseAction.COMPLETE: CaseRight.PROCESS,
    CaseAction.REOPEN: CaseRight.DECIDE,
    CaseAction.WRITE: CaseRight.PROCESS,
}

STATES_FOR: dict[CaseAction, frozenset[ApplicationState]] = {
    CaseAction.TAKE: frozenset({S.SUBMITTED}),
    CaseAction.ASSIGN: frozenset({S.SUBMITTED, S.IN_REVIEW, S.RETURNED}),
    CaseAction.RETURN: frozenset({S.IN_REVIEW}),
    CaseAction.PROPOSE: frozenset({S.IN_REVIEW}),
    CaseAction.DECIDE: frozenset({S.IN_REVIEW}),
    CaseAction.APPROVE: frozenset({S.APPROVING}),
    CaseAction.SEND_BACK: frozenset({S.APPROVING}),
    CaseAction.HOLD: frozenset({S.IN_REVIEW, S.RETURNED, S.APPROVING, S.APPROVED}),
    CaseAction.UNHOLD: frozenset({S.IN_REVIEW, S.RETURNED, S.APPROVING, S.APPROVED, S.REFUSED}),
    CaseAction.COMPLETE: frozenset({S.APPROVED, S.REFUSED}),
    CaseAction.REOPEN: frozenset({S.APPROVED, S.REFUSED, S.COMPLETED}),
    CaseAction.WRITE: frozenset(S) - {S.DRAFT},
}

DESIGN_PROCEDURES = "applications.design_procedures"
"""Build the forms of one's own department and set its procedures; administrators: of all departments."""
DESIGNING_ROLES = frozenset({Role.HANDLER, Role.APPROVER})
"""Roles that design, each in the department it was given for. A granted right is none to change a form."""
GUARDING_ROLES = frozenset({Role.APPROVER})
"""Roles that decide how strictly their department's procedures are examined; who examines does not decide that."""

VIEW_INVENTORY = "applications.view_inventory"
"""Read the inventory of the whole city: it holds no person's data, and a plan is made across departments."""
MANAGE_INVENTORY = "applications.manage_inventory"
"""Change the rows of one's own department, alone or out of a file; administrators: of all departments."""
INVENTORY_ROLES = DESIGNING_ROLES
"""Roles that keep the inventory, each in the department it was given for."""

VIEW_FEES = "applications.view_fees"
"""See the till of one's departments and what is unpaid; administrators and auditors: of all."""
MANAGE_FEES = "applications.manage_fees"
"""Take fees and close the day of a till. Waiving needs the right to process the case, taking back to approve it."""
TILL_ROLES = frozenset({Role.CLERK, Role.CONTRACT_CLERK, *DESIGNING_ROLES})
DESIGNATED_TILL_ROLES = frozenset({Role.CONTRACT_CLERK})
"""Of these, roles that touch the city's money only where their person is designated (`CashDesignation`)."""
VIEW_DISPOSAL = "applications.view_disposal"
"""See which cases are kept no longer; administrators and auditors: of all departments."""
MANAGE_DISPOSAL = "applications.manage_disposal"
"""Make lists of cases to be disposed of in one's own department; another approver agrees to each."""
DISPOSING_ROLES = DESIGNING_ROLES

IMPORT_PROCEDURES = "applications.import_procedures"
"""Take procedures over from another city: they come with departments, life events and kinds of notices."""

MANAGE_GUIDES = "applications.manage_guides"
"""Look after the guides of life events: they speak for every department at once, so administrators do."""

VIEW_REPORTS = "applications.read_reports"
"""Read reports from the street; administrators and auditors: of all departments."""
HANDLE_REPORTS = "applications.handle_reports"
"""Work on the reports of one's departments, answer them and show them to the public."""
REPORT_READERS = frozenset({Role.CLERK, Role.CONTRACT_CLERK, Role.HANDLER, Role.APPROVER})
"""Roles that read reports, each in the department it was given for: whoever picks up the telephone is asked."""
REPORT_HANDLERS = frozenset({Role.HANDLER, Role.APPROVER})
"""Roles that work on reports: an answer speaks for the city."""

FILE_AS_STAFF = "applications.file_as_staff"
"""Answer what one's department is asked, and file what only employees file."""

MANAGE_SURVEYS = "applications.manage_surveys"
"""Ask other departments for one's own; every employee may answer."""
SURVEY_ROLES = DESIGNING_ROLES
"""Roles that ask, each in the department it was given for: the questions are built in the designer."""

READ_DELEGATES = "applications.read_delegates"
"""See who stands in for whom."""
APPOINT_DELEGATES = "applications.appoint_delegates"
"""Say who signs while one is away; administrators: while anybody is."""
EDIT_LETTERS = "applications.edit_letters"
"""Change the text of the decision letters of one's own departments; administrators: of all."""
_SIGNING = frozenset({READ_DELEGATES, APPOINT_DELEGATES, EDIT_LETTERS})
_SIGNING_RIGHTS: dict[Role, frozenset[str]] = {
    **dict.fromkeys((*GUARDING_ROLES, Role.ADMINISTRATOR), _SIGNING),
    **dict.fromkeys((Role.HANDLER, Role.AUDITOR), frozenset({READ_DELEGATES})),
}

_ADMIN_MODELS = (
    "procedure",
    "formversion",
    "lifeevent",
    "guideversion",
    "application",
    "applicationrevision",
    "applicationevent",
    "attachment",
    "correctionrequest",
    "approval",
    "approvalstep",
    "approvalsignature",
    "approvaldelegate",
    "refusalreason",
    "bulkdecision",
    "bulkdecisionrow",
    "inventorygoal",
    "survey",
    "surveyaddressee",
    "departmentgroup",
    "reportkind",
    "payment",
    "paymentevent",
    "dailyclosing",
    "disposal",
    "disposalrow",
    "extractprofile",
    "extract",
    "extractedcase",
    "cashdesignation",
)
_ADMIN_READING = frozenset(f"applications.view_{model}" for model in _ADMIN_MODELS)
_ADMIN_WRITING = frozenset(
    {
        "applications.change_procedure",
        "applications.add_lifeevent",
        "applications.change_lifeevent",
        "applications.add_reportkind",
        "applications.change_reportkind",
        "applications.change_extractprofile",
        "applications.add_departmentgroup",
        "applications.change_departmentgroup",
        "applications.add_inventorygoal",
        "applications.change_inventorygoal",
        "applications.add_cashdesignation",
        "applications.change_cashdesignation",
    }
)


def permission_of(right: CaseRight) -> str:
    """The Django name of a case right, for `staff_only` and templates."""
    return f"applications.{right}_case"


def _permissions_of(role: Role) -> frozenset[str]:
    rights = frozenset(permission_of(right) for right in ROLE_RIGHTS[role])
    if role in DESIGNING_ROLES or role == Role.ADMINISTRATOR:
        rights |= {DESIGN_PROCEDURES}
    if role in INVENTORY_ROLES or role == Role.ADMINISTRATOR:
        rights |= {VIEW_INVENTORY, MANAGE_INVENTORY}
    rights |= {VIEW_REPORTS, FILE_AS_STAFF}
    if role in REPORT_HANDLERS:
        rights |= {HANDLE_REPORTS}
    if role in SURVEY_ROLES:
        rights |= {MANAGE_SURVEYS}
    rights |= _SIGNING_RIGHTS.get(role, frozenset())
    if role in TILL_ROLES:
        rights |= {VIEW_FEES, MANAGE_FEES}
    if role in DISPOSING_ROLES:
        rights |= {VIEW_DISPOSAL, MANAGE_DISPOSAL}
    if role in (Role.ADMINISTRATOR, Role.AUDITOR):
        rights |= {VIEW_FEES, VIEW_DISPOSAL}
    if role == Role.ADMINISTRATOR:
        return rights | _ADMIN_READING | _ADMIN_WRITING | {IMPORT_PROCEDURES, MANAGE_GUIDES}
    return rights | _ADMIN_READING | {VIEW_INVENTORY} if role == Role.AUDITOR else rights


ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    role: _permissions_of(role) for role in Role if role != Role.DISTRICT_HEAD
}
