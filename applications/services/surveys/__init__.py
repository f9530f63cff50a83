"""Writes of internal surveys (庁内照会)."""

from applications.services.surveys.answering import AnsweredMeanwhile, NotAsked, begin_answer, send_answer
from applications.services.surveys.base import NotSentYet, SurveyOver, SurveySent
from applications.services.surveys.editing import (
    Texts,
    add_addressees,
    change_survey,
    create_survey,
    delete_survey,
    remove_addressees,
)
from applications.services.surveys.running import (
    NotReady,
    close_survey,
    missing,
    open_survey,
    remind,
    remind_before_deadlines,
    reopen_survey,
)

__all__ = [
    "AnsweredMeanwhile",
    "NotAsked",
    "NotReady",
    "NotSentYet",
    "SurveyOver",
    "SurveySent",
    "Texts",
    "add_addressees",
    "begin_answer",
    "change_survey",
    "close_survey",
    "create_survey",
    "delete_survey",
    "missing",
    "open_survey",
    "remind",
    "remind_before_deadlines",
    "remove_addressees",
    "reopen_survey",
    "send_answer",
]
