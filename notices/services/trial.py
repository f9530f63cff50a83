"""The practice notice: anybody may send one to themselves, and it is gone after a week."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.days import local_date
from cityhall.errors import DomainError
from cityhall.models import Department, User
from notices.models import Notice, NoticeType
from notices.services.issuing import issue
from residents.models import Resident

PRACTICE_KIND: Final = "taiken"
"""Key of the kind of notice in the catalogue."""
DAYS_KEPT: Final = 7
MOST_A_DAY: Final = 5
"""Enough for a class; each costs a letter to set and sign, and a mail."""


class TrialNotReady(DomainError):
    """The city has no practice notice, or switched it off."""

    code = "trial_not_ready"
    message = _("練習用のお知らせは、いま準備中です。しばらくしてからお試しください。")


class TrialTooOften(DomainError):
    """One person, many notices."""

    code = "trial_too_often"
    message = _("練習は1日に5回までです。すでに届いた練習用のお知らせでお試しいただくか、明日またお試しください。")


def send_practice(*, resident: Resident, by: User, request_key: str, now: dt.datetime | None = None) -> Notice:
    """A practice notice from the resident to themselves: made, signed, alerted and opened like every other.

    It never becomes a letter, and its content is wiped after DAYS_KEPT days (`services.retention`). Asking again with
    the same `request_key` returns the one made first. Raises TrialNotReady, TrialTooOften.
    """
    moment = now or timezone.now()
    if made := Notice.objects.filter(request_key=request_key).first():
        return made
    kind = NoticeType.objects.select_related("department").filter(key=PRACTICE_KIND, is_active=True).first()
    if kind is None or not kind.versions.exists():
        raise TrialNotReady
    if practice_notices_of(resident).filter(created_at__gt=moment - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        raise TrialTooOften
    with transaction.atomic():
        notice = issue(
            notice_type=kind,
            recipient=resident,
            subject=resident,
            department=_department_of(kind),
            values={},
            source_type="",
            source_id="",
            source_label="",
            request_key=request_key,
            by=by,
            is_practice=True,
            now=moment,
        )
        notice.keep_until = local_date(moment) + dt.timedelta(days=DAYS_KEPT)
        notice.save(update_fields=["keep_until"])
    return notice


def practice_notices_of(resident: Resident) -> QuerySet[Notice]:
    """The practice notices a person can still open, newest first."""
    return Notice.objects.filter(recipient=resident, is_practice=True, wiped_at__isnull=True).order_by("-id")


def _department_of(kind: NoticeType) -> Department:
    """Whoever answers for the practice; the first department of a city that names none."""
    department = kind.department or Department.objects.filter(is_active=True).order_by("position", "id").first()
    if department is None:
        raise TrialNotReady
    return department
