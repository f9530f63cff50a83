"""What may be read of notices, and by whom."""

from notices.queries.access import may_open, visible_to
from notices.queries.kinds import asks_for
from notices.queries.letters import (
    LETTER_WANTED,
    letter_items_for,
    letter_runs_for,
    letters_due,
    letters_for_a_person,
    letters_returned,
)
from notices.queries.staff import may_see_address, of_source, search_notices, visible_to_staff

__all__ = [
    "LETTER_WANTED",
    "asks_for",
    "letter_items_for",
    "letter_runs_for",
    "letters_due",
    "letters_for_a_person",
    "letters_returned",
    "may_open",
    "may_see_address",
    "of_source",
    "search_notices",
    "visible_to",
    "visible_to_staff",
]
