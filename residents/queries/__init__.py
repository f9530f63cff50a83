"""What other apps may ask about residents."""

from residents.queries.identity import is_identified
from residents.queries.people import (
    age_of,
    household_of,
    is_protected,
    resident_of,
    visible_address,
)
from residents.queries.representation import agents_of, businesses_of, mandate_between, principals_of
from residents.queries.search import residents_matching, search_residents

__all__ = [
    "age_of",
    "agents_of",
    "businesses_of",
    "household_of",
    "is_identified",
    "is_protected",
    "mandate_between",
    "principals_of",
    "resident_of",
    "residents_matching",
    "search_residents",
    "visible_address",
]
