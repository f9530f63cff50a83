"""What staff of each role may do with residents. Merged by cityhall.auth.StaffRoleBackend."""

from typing import Final

from cityhall.enums import Role

VIEW: Final = "residents.view_resident"
CHANGE: Final = "residents.change_resident"
MERGE: Final = "residents.merge_resident"
# writing down that somebody said so at a counter, by telephone or in a letter
ADD_CONSENT: Final = "residents.add_consent"
VIEW_PROTECTED_ADDRESS: Final = "residents.view_protected_address"
IMPORT_REGISTER: Final = "residents.add_registerimport"

_READ = frozenset(
    {
        VIEW,
        "residents.view_household",
        "residents.view_externalid",
        "residents.view_business",
        "residents.view_businessmember",
        "residents.view_businessinvitation",
        "residents.view_consent",
        "residents.view_identityproof",
        "residents.view_mandate",
    }
)
_REPRESENTATION = frozenset(
    {
        "residents.add_mandate",
        "residents.change_mandate",
        "residents.add_business",
        "residents.change_business",
        "residents.add_businessmember",
        "residents.change_businessmember",
    }
)
_REGISTER = frozenset({IMPORT_REGISTER, "residents.view_registerimport", "residents.change_registerimport"})

ROLE_PERMISSIONS: Final[dict[Role, frozenset[str]]] = {
    Role.CLERK: _READ | _REPRESENTATION | {ADD_CONSENT},
    Role.CONTRACT_CLERK: _READ,
    Role.HANDLER: _READ | _REPRESENTATION | {ADD_CONSENT},
    Role.APPROVER: _READ,
    # protected addresses (支援措置) are for the few who run the system and answer for it
    Role.ADMINISTRATOR: _READ | _REPRESENTATION | _REGISTER | {ADD_CONSENT, CHANGE, MERGE, VIEW_PROTECTED_ADDRESS},
    Role.AUDITOR: _READ | {"residents.view_registerimport"},
}
