"""The daily summary for those who work on cases: counts and links, nothing of any person."""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import DigestSetting, StaffDigest
from applications.queries.digests import Line, lines_for, waiting_readers
from cityhall.days import TOKYO, is_business_day, local_date
from cityhall.db import violated
from cityhall.enums import Lane
from cityhall.models import User
from cityhall.queries.city import municipality
from notices.services.mail import queue_mail

FROM, UNTIL = dt.time(7, 30), dt.time(12, 0)
"""When it goes out. What the morning missed nobody needs in the evening."""
KEPT = dt.timedelta(days=40)


def send_digests(*, limit: int, now: dt.datetime | None = None) -> int:
    """Make the summaries that are due, each in a transaction of its own; how many people were looked at.

    One a person and day, however often and in however many workers it runs: the row says so. Killed half-way, the
    next run goes on with the others. Nobody with nothing to do is mailed.
    """
    moment = now or timezone.now()
    day = local_date(moment)
    if not FROM <= moment.astimezone(TOKYO).time() < UNTIL or not is_business_day(day):
        return 0
    people = list(waiting_readers(day)[:limit])
    for person in people:
        send_digest(person, day=day, now=moment)
    return len(people)


def send_digest(person: User, *, day: dt.date, now: dt.datetime) -> bool:
    """Make one person's summary of a day; whether a mail was queued. A second one of the day does nothing."""
    try:
        with transaction.atomic():
            StaffDigest.objects.create(user=person, business_day=day, sent_at=now)
            lines = lines_for(person, today=day)
            if lines:
                _mail(person, lines, now)
    except IntegrityError as error:
        if violated(error) == "staff_digest_once_a_day":
            return False
        raise
    return bool(lines)


def set_wanted(*, by: User, is_wanted: bool) -> None:
    """Say whether one wants the summary."""
    DigestSetting.objects.update_or_create(user=by, defaults={"is_wanted": is_wanted})


def sweep_digests(now: dt.datetime | None = None) -> int:
    """Delete the marks of days long gone; how many."""
    count, _rows = StaffDigest.objects.filter(business_day__lt=local_date(now or timezone.now()) - KEPT).delete()
    return count


def _mail(person: User, lines: list[Line], now: dt.datetime) -> None:
    city = municipality()
    body = render_to_string(
        "applications/mail/digest.txt", {"city": city, "lines": lines, "site_url": settings.SITE_URL}
    )
    queue_mail(
        to=person.email or "",
        subject=_("【%(city)s】本日の申請の状況") % {"city": city.name},
        body=body,
        lane=Lane.BULK,
        now=now,
    )
