"""What people thought of a procedure: one answer an application, tied to the procedure and the month only."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Rating, RatingTally
from cityhall.days import local_date
from cityhall.errors import DomainError
from cityhall.my_numbers import REFUSED
from cityhall.text import clean_text, has_my_number

MAX_COMMENT = 1000


class AlreadyRated(DomainError):
    """The question was answered for this application."""

    code = "already_rated"
    message = _("ご回答はすでにいただいています。ありがとうございました。")


class NotYetFiled(DomainError):
    """There is nothing to look back on."""

    code = "not_yet_filed"
    message = _("満足度は、申請を送信したあとに回答できます。")


class NumberInComment(DomainError):
    """A My Number stands in the comment. It is never stored."""

    code = "my_number_typed"
    message = REFUSED


def rate(*, application: Application, score: int, comment: str = "", now: dt.datetime | None = None) -> Rating:
    """Keep a score of 0 to 10 with its comment, and that this application has answered.

    When it answered is kept nowhere, so neither a time nor the order leads from one to the other; not audited
    for the same reason. Raises AlreadyRated, NotYetFiled, BadText, NumberInComment.
    """
    moment = now or timezone.now()
    text = clean_text(comment.strip())[:MAX_COMMENT]
    if has_my_number(text):
        raise NumberInComment
    if application.submitted_at is None:
        raise NotYetFiled
    with transaction.atomic():
        if not Application.objects.filter(pk=application.pk, is_rated=False).update(is_rated=True):
            raise AlreadyRated
        application.is_rated = True
        _count(application.procedure_id, score)
        return Rating.objects.create(
            procedure_id=application.procedure_id, score=score, comment=text, month=local_date(moment).replace(day=1)
        )


def _count(procedure_id: int, score: int) -> None:
    """One more in the tally, in the caller's transaction: who rates at the same moment waits until it is over."""
    RatingTally.objects.get_or_create(procedure_id=procedure_id, score=score)
    RatingTally.objects.filter(procedure_id=procedure_id, score=score).update(count=F("count") + 1)
