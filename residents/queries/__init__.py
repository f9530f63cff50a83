"""What other apps may ask about residents."""

from residents.queries.identity import identity_level_of, is_identified
from residents.queries.merged import is_same_person, living_row_of, row_ids_of
from residents.queries.people import (
    age_of,
    household_of,
    is_protected,
    mail_address_of,
    own_row_ids,
    resident_of,
    visible_address,
)
from residents.queries.representation import (
    agents_of,
    businesses_of,
    invitations_of,
    mandate_between,
    mandates_held,
    memberships_of,
    open_invitations,
    principals_of,
)
from residents.queries.search import residents_matching, search_residents

__all__ = [
    "age_of",
    "agents_of",
    "businesses_of",
    "household_of",
    "identity_level_of",
    "invitations_of",
    "is_identified",
    "is_protected",
    "is_same_person",
    "living_row_of",
    "mail_address_of",
    "mandate_between",
    "mandates_held",
    "memberships_of",
    "open_invitations",
    "own_row_ids",
    "principals_of",
    "resident_of",
    "residents_matching",
    "row_ids_of",
    "search_residents",
    "visible_address",
]
