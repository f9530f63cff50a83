"""Sending a survey out, closing it, taking answers again, and reminding those who have not answered."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum, auto
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.definition import form_of
from applications.enums import SHOWN_ONLY, SurveyState
from applications.models import Survey, SurveyAddressee
from applications.queries.surveys import remindable
from applications.services.surveys.base import NotSentYet, SurveyOver, record
from applications.services.surveys.mails import invite, remind_by_mail
from cityhall.days import TOKYO, local_date
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User


class NotReady(DomainError):
    """Something is missing before the survey can be sent; `problems` are full sentences."""

    code = "survey_not_ready"

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("".join(self.problems))


class Place(StrEnum):
    """Where the owner of a survey mends it."""

    QUESTIONS = auto()
    TEXTS = auto()
    ADDRESSEES = auto()


class Missing(NamedTuple):
    """One thing that keeps a survey from being sent: a full sentence, and where it is put right."""

    place: Place
    text: str


def missing(survey: Survey, *, today: dt.date) -> list[Missing]:
    """What keeps a survey from being sent. One query, and one for the form."""
    found = []
    version = survey.procedure.current_version
    if version is None:
        text = _("質問の版がまだありません。「質問を作る」で質問を追加し、新しい版にしてください。")
        found.append(Missing(Place.QUESTIONS, text))
    elif all(field.type in SHOWN_ONLY for field in form_of(version).fields):
        text = _("質問が一つもありません。「質問を作る」で質問を追加し、新しい版にしてください。")
        found.append(Missing(Place.QUESTIONS, text))
    if survey.answer_by_on < today:
        found.append(Missing(Place.TEXTS, _("回答期限が過ぎています。今日より後の日付にしてください。")))
    if not survey.addressees.exists():
        found.append(Missing(Place.ADDRESSEES, _("照会先がありません。照会先を一つ以上選んでください。")))
    return found


def open_survey(*, survey: Survey, by: User, now: dt.datetime | None = None) -> int:
    """Send a survey out: those who are asked see it from now on, and get one mail each; how many mails.

    Audited. Pressed twice, the second changes nothing and is 0. Locks the survey's row. Raises NotReady, SurveyOver.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = _lock(survey)
        if row.state == SurveyState.OPEN:
            return 0
        if row.state == SurveyState.CLOSED:
            raise SurveyOver
        problems = missing(row, today=local_date(moment))
        if problems:
            raise NotReady(one.text for one in problems)
        Survey.objects.filter(pk=row.pk).update(state=SurveyState.OPEN, opened_at=moment)
        record(row, by, AuditAction.STATE, detail="open")
        return invite(row, row.addressees.all(), now=moment)


def close_survey(*, survey: Survey, by: User, now: dt.datetime | None = None) -> None:
    """Take no more answers. Audited. Closed already: nothing changes. Raises NotSentYet."""
    with transaction.atomic():
        row = _lock(survey)
        if row.state == SurveyState.CLOSED:
            return
        if row.state == SurveyState.DRAFT:
            raise NotSentYet
        Survey.objects.filter(pk=row.pk).update(state=SurveyState.CLOSED, closed_at=now or timezone.now())
        record(row, by, AuditAction.STATE, detail="close")


def reopen_survey(*, survey: Survey, by: User) -> None:
    """Take answers again; what was in work goes on. Audited. Open already: nothing changes. Raises NotSentYet."""
    with transaction.atomic():
        row = _lock(survey)
        if row.state == SurveyState.OPEN:
            return
        if row.state == SurveyState.DRAFT:
            raise NotSentYet
        Survey.objects.filter(pk=row.pk).update(state=SurveyState.OPEN, closed_at=None)
        record(row, by, AuditAction.STATE, detail="reopen")


def remind(*, survey: Survey, by: User | None, now: dt.datetime | None = None) -> int:
    """Mail those who have not answered and were not reminded today; how many addressees. Audited.

    Pressed twice, or by two people at once, everybody is reminded once a day: the rows are locked in their order
    and marked before the mails are queued. `by` is None for the reminder before the deadline. Raises NotSentYet,
    SurveyOver.
    """
    moment = now or timezone.now()
    midnight = dt.datetime.combine(local_date(moment), dt.time(), tzinfo=TOKYO)
    with transaction.atomic():
        row = _lock(survey)
        if row.state == SurveyState.DRAFT:
            raise NotSentYet
        if row.state == SurveyState.CLOSED:
            raise SurveyOver
        waiting = list(remindable(row, midnight).select_for_update(of=("self",), no_key=True).order_by("id"))
        if not waiting:
            return 0
        SurveyAddressee.objects.filter(pk__in=[one.pk for one in waiting]).update(reminded_at=moment)
        record(row, by, AuditAction.STATE, detail=f"remind {len(waiting)}")
        remind_by_mail(row, waiting, now=moment)
    return len(waiting)


def remind_before_deadlines(*, now: dt.datetime | None = None) -> int:
    """Remind of every open survey whose deadline is near, once each; how many surveys.

    A survey is claimed by a conditional update: two workers at once, or one that runs again, remind once.
    """
    moment = now or timezone.now()
    today = local_date(moment)
    due = Survey.objects.filter(
        state=SurveyState.OPEN, remind_days__gt=0, auto_reminded_at__isnull=True, answer_by_on__gte=today
    )
    count = 0
    for survey in due.select_related("department").order_by("pk"):
        if survey.answer_by_on - dt.timedelta(days=survey.remind_days) > today:
            continue
        with transaction.atomic():
            claimed = Survey.objects.filter(pk=survey.pk, state=SurveyState.OPEN, auto_reminded_at__isnull=True)
            if claimed.update(auto_reminded_at=moment):
                remind(survey=survey, by=None, now=moment)
                count += 1
    return count


def _lock(survey: Survey) -> Survey:
    rows = Survey.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("department", "procedure__current_version").filter(pk=survey.pk).first()
    if row is None:
        # deleted in another window
        raise StaleState
    return row
