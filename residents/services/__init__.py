"""What other apps may change about residents."""

from residents.services.businesses import register_business, update_business, verify_business
from residents.services.consents import give, has_consent, withdraw
from residents.services.mandates import create_mandate, revoke_mandate
from residents.services.members import (
    add_member,
    answer_invitation,
    cancel_invitation,
    end_member,
    invite_member,
)
from residents.services.merging import merge_residents
from residents.services.profiles import save_profile

__all__ = [
    "add_member",
    "answer_invitation",
    "cancel_invitation",
    "create_mandate",
    "end_member",
    "give",
    "has_consent",
    "invite_member",
    "merge_residents",
    "register_business",
    "revoke_mandate",
    "save_profile",
    "update_business",
    "verify_business",
    "withdraw",
]
