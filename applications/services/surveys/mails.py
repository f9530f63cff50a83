"""Mails about surveys. They say that something waits and where, never what is asked."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Survey, SurveyAddressee
from applications.queries.surveys import people_of
from cityhall.enums import Lane
from cityhall.queries.city import municipality
from notices.services.mail import queue_mail

_ASKED = (gettext_lazy("庁内照会が届いています"), gettext_lazy("庁内照会が届いています。"))
_REMINDED = (
    gettext_lazy("庁内照会の回答をお願いします"),
    gettext_lazy("まだ回答を受け取っていない庁内照会があります。"),
)


def invite(survey: Survey, addressees: Iterable[SurveyAddressee], *, now: dt.datetime | None = None) -> int:
    """Queue one mail to everybody who is asked, in the caller's transaction; how many."""
    return _mail(survey, addressees, _ASKED, now)


def remind_by_mail(survey: Survey, addressees: Iterable[SurveyAddressee], *, now: dt.datetime | None = None) -> int:
    """Queue one mail to everybody who has not answered, in the caller's transaction; how many."""
    return _mail(survey, addressees, _REMINDED, now)


def _mail(
    survey: Survey, addressees: Iterable[SurveyAddressee], words: tuple[Promise, Promise], now: dt.datetime | None
) -> int:
    people = people_of(addressees)
    if not people:
        return 0
    city = municipality()
    subject, sentence = words
    body = render_to_string(
        "applications/mail/survey.txt",
        {
            "city": city,
            "department": survey.department,
            "sentence": sentence,
            "url": f"{settings.SITE_URL}{reverse('applications:survey_list')}",
        },
    )
    for address in people:
        queue_mail(
            to=address,
            subject=_("【%(city)s】%(subject)s") % {"city": city.name, "subject": subject},
            body=body,
            lane=Lane.BULK,
            now=now,
        )
    return len(people)
