"""How long a closed case is kept."""

import datetime as dt

DRAFT_KEPT = dt.timedelta(days=90)
"""How long a draft stays after it was last changed."""
WARNED_BEFORE = dt.timedelta(days=14)
"""How long before a draft is deleted its applicant is told of it."""


def draft_ends_at(changed_at: dt.datetime, warned_at: dt.datetime | None) -> dt.datetime:
    """When a draft that is left alone may be deleted at the earliest: never before the warning is 14 days old."""
    end = changed_at + DRAFT_KEPT
    if warned_at is None or warned_at < changed_at:
        return end
    return max(end, warned_at + WARNED_BEFORE)
