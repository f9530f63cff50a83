"""What other apps may change about residents."""

from residents.services.businesses import add_member, end_member, register_business
from residents.services.consents import give, has_consent, withdraw
from residents.services.mandates import create_mandate, revoke_mandate
from residents.services.merging import merge_residents
from residents.services.profiles import save_profile

__all__ = [
    "add_member",
    "create_mandate",
    "end_member",
    "give",
    "has_consent",
    "merge_residents",
    "register_business",
    "revoke_mandate",
    "save_profile",
    "withdraw",
]
