"""When a notice takes effect, by the rule of its kind. Days are those of Tokyo."""

import datetime as dt

from cityhall.days import local_date
from notices.enums import Effect
from notices.models import NoticeType


def effective_on_by_post(notice_type: NoticeType, *, posted_on: dt.date) -> dt.date:
    """The day of effect of a notice whose letter counts: posting stands for the availability and the opening."""
    return posted_on + dt.timedelta(days=_term_of(notice_type))


def effective_on_of(
    notice_type: NoticeType, *, available_at: dt.datetime | None, opened_at: dt.datetime | None
) -> dt.date | None:
    """The day of effect; None while it waits for the document or for the opening.

    デジタル手続法 says when an application arrives, and leaves the notice to the law it rests on: the kind says which
    rule that is. An early opening does not shorten a term that runs from the availability.
    """
    if available_at is None:
        return None
    if notice_type.effect == Effect.OPENED:
        return local_date(opened_at) if opened_at else None
    return local_date(available_at) + dt.timedelta(days=_term_of(notice_type))


def _term_of(notice_type: NoticeType) -> int:
    return (notice_type.effect_days or 0) if notice_type.effect == Effect.DAYS_AFTER else 0
