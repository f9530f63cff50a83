"""Days of a guide: how deadlines are counted, and which days of an event can be meant."""

import calendar
import datetime as dt

from django.utils.translation import gettext as _

from applications.guide.model import Due, Event

OLDEST_YEARS = 120
"""Nobody asks for a guide about something further back: it is a slip of the era."""


def last_day(due: Due, start: dt.date) -> dt.date | None:
    """The last day in time, counted from `start` as day 0; None where the calendar ends.

    Months and years end on the day of the same number, or the last of a shorter month (民法143条).
    """
    try:
        return _months_later(start, due.years * 12 + due.months) + dt.timedelta(days=due.days)
    except (OverflowError, ValueError):
        return None


def _months_later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def date_problem(event: Event, day: dt.date, today: dt.date) -> str:
    """Why this cannot be the day of the event; empty when it can."""
    if day > today + dt.timedelta(days=event.future_days):
        if event.future_days:
            return _("%(days)s日より先の予定は、まだご案内できません。日付をご確認ください。") % {
                "days": event.future_days
            }
        return _("まだ来ていない日付です。実際の日付を入力してください。")
    if day.year < today.year - OLDEST_YEARS:
        return _("%(years)s年より前の日付です。年号と年をご確認ください。") % {"years": OLDEST_YEARS}
    return ""


def is_long_ago(event: Event, day: dt.date, today: dt.date) -> bool:
    """Whether the person should look at the day once more before reading deadlines that are long over."""
    return (today.year, today.month, today.day) > (day.year + event.long_ago_years, day.month, day.day)
