"""The one resident model and what hangs on it."""

from residents.models.business import Business, BusinessInvitation, BusinessMember
from residents.models.identity import Consent, IdentityProof, Mandate
from residents.models.register import RegisterImport
from residents.models.resident import ExternalId, Household, Resident

__all__ = [
    "Business",
    "BusinessInvitation",
    "BusinessMember",
    "Consent",
    "ExternalId",
    "Household",
    "IdentityProof",
    "Mandate",
    "RegisterImport",
    "Resident",
]
