"""How sure the city is of a person."""

from residents.enums import IdentityLevel
from residents.models import Resident


def is_identified(resident: Resident, level: IdentityLevel) -> bool:
    """Whether the person was identified at least this well; one query above the e-mail level.

    A sign-in is possible with a verified address only, so the two lowest levels need no proof on record.
    """
    if level.rank <= IdentityLevel.EMAIL.rank:
        return True
    enough = [found for found in IdentityLevel if found.rank >= level.rank]
    return resident.identity_proofs.filter(level__in=enough).exists()


def identity_level_of(resident: Resident) -> IdentityLevel:
    """How well the city knows a person at this moment: the best proof on record, else the proven address."""
    proven = [IdentityLevel(level) for level in resident.identity_proofs.values_list("level", flat=True).distinct()]
    user = resident.user
    has_address = user is not None and user.email_verified_at is not None
    return max([*proven, IdentityLevel.EMAIL if has_address else IdentityLevel.NONE], key=lambda level: level.rank)
