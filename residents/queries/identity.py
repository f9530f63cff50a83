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
