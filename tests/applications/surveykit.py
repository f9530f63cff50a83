"""Surveys for tests: a short form of every kind that totals count, departments that are asked, answers."""

import datetime as dt

from django.utils import timezone

from applications.definition import parse
from applications.models import Application, SurveyAddressee
from applications.services import surveys
from applications.services.publishing import publish
from cityhall.days import today
from cityhall.enums import Role
from tests import factories

DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "use",
            "title": "利用の状況",
            "fields": [
                {
                    "key": "kind",
                    "type": "choice",
                    "label": "方式",
                    "required": True,
                    "options": [{"value": "paper", "label": "紙"}, {"value": "online", "label": "オンライン"}],
                    "other": True,
                },
                {"key": "count", "type": "number", "label": "件数", "unit": "件"},
                {"key": "since", "type": "date", "label": "開始日"},
                {"key": "note", "type": "text", "label": "意見"},
                {"key": "paper", "type": "file", "label": "資料", "accept": ["image", "pdf"], "max_files": 2},
            ],
        },
        {
            "key": "tools",
            "title": "機器",
            "fields": [
                {
                    "key": "tool",
                    "type": "rows",
                    "label": "機器",
                    "max_rows": 5,
                    "fields": [
                        {"key": "name", "type": "text", "label": "名称", "required": True},
                        {"key": "cost", "type": "money", "label": "費用"},
                    ],
                },
            ],
        },
    ],
}
TYPED = {"kind": {"chosen": "online", "other": ""}, "count": "12"}


def texts(**values):
    return surveys.Texts(**{"title": "窓口の調査", "answer_by_on": today() + dt.timedelta(days=7)} | values)


def make_survey(department, by, *, asked=(), staff=(), document=DOCUMENT, **values):
    """A survey in preparation with a version of its form and those it asks."""
    survey = surveys.create_survey(texts=texts(**values), department=department, by=by)
    if document is not None:
        publish(procedure=survey.procedure, form=parse(document))
    surveys.add_addressees(survey=survey, departments=asked, staff=staff, by=by)
    return survey


def open_survey(department, by, **values):
    survey = make_survey(department, by, **values)
    surveys.open_survey(survey=survey, by=by)
    survey.refresh_from_db()
    return survey


def asked_of(survey, department):
    return SurveyAddressee.objects.get(survey=survey, department=department)


def begin(addressee, by):
    return surveys.begin_answer(addressee=addressee, by=by)


def fill(draft, **values):
    """Type something that can be sent."""
    Application.objects.filter(pk=draft.pk).update(draft_answers=draft.draft_answers | TYPED | values)
    return Application.objects.get(pk=draft.pk)


def answer(addressee, by, *, now=None, **values):
    """Begin, fill in and send."""
    return surveys.send_answer(application=fill(begin(addressee, by), **values), by=by, now=now)


def member(department, role=Role.CLERK, name="窓口 花子", **values):
    return factories.make_staff(role=role, department=department, name=name, **values)


def late(survey):
    """A moment after the deadline."""
    return timezone.make_aware(dt.datetime.combine(survey.answer_by_on + dt.timedelta(days=1), dt.time(9)))
