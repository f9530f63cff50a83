"""The person behind a case, as one member of staff may see them."""

from dataclasses import dataclass

from applications.models import Application
from cityhall.models import User
from residents.models import Resident
from residents.permissions import VIEW_PROTECTED_ADDRESS
from residents.queries import is_protected

__all__ = ["Applicant", "applicant_of", "has_protected_address", "is_address_hidden"]


@dataclass(frozen=True)
class Applicant:
    """A resident's record beside their case. `address` is empty when it is unknown or hidden."""

    resident: Resident
    is_protected: bool
    is_address_hidden: bool
    address: str
    phone: str
    email: str


def applicant_of(case: Application, *, to: User) -> Applicant | None:
    """The resident of a case; None for businesses and guests. Reads no row when the case came with its resident."""
    resident = case.resident
    if resident is None:
        return None
    is_hidden = is_address_hidden(case, to=to)
    return Applicant(
        resident=resident,
        is_protected=has_protected_address(resident),
        is_address_hidden=is_hidden,
        address="" if is_hidden else resident.address,
        phone=resident.phone_entered or resident.phone,
        email=resident.contact_email or (resident.user and resident.user.email) or "",
    )


def is_address_hidden(case: Application, *, to: User) -> bool:
    """Whether the applicant's address is protected (支援措置) from a member of staff, in record and answers alike."""
    if case.resident is None or not has_protected_address(case.resident):
        return False
    return not to.has_perm(VIEW_PROTECTED_ADDRESS)


def has_protected_address(resident: Resident) -> bool:
    """Whether the address of the person behind a case is under protection today."""
    # cases stay with the row they were made for; the register protects the one it was merged into
    successor = resident.merged_into
    return is_protected(resident) or (successor is not None and is_protected(successor))
