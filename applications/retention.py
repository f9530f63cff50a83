"""How long a closed case is kept."""

import datetime as dt

FISCAL_YEAR_ENDS = (3, 31)
DRAFT_KEPT = dt.timedelta(days=90)
"""How long a draft stays after it was last changed."""
WARNED_BEFORE = dt.timedelta(days=14)
"""How long before a draft is deleted its applicant is told of it."""


def keep_until(closed_on: dt.date, years: int) -> dt.date:
    """The last day of keeping: the years begin on 1 April after the day the case was closed.

    So do the rules of documents of cities, after the model of the state's (公文書等の管理に関する法律施行令8条).
    """
    year = closed_on.year + (closed_on.month > FISCAL_YEAR_ENDS[0])
    return dt.date(year + years, *FISCAL_YEAR_ENDS)


def draft_ends_at(changed_at: dt.datetime, warned_at: dt.datetime | None) -> dt.datetime:
    """When a draft that is left alone may be deleted at the earliest: never before the warning is 14 days old."""
    end = changed_at + DRAFT_KEPT
    if warned_at is None or warned_at < changed_at:
        return end
    return max(end, warned_at + WARNED_BEFORE)
