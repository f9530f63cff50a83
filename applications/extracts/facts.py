"""Facts of a case that stand in a column of their own, whatever its form asks."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, ApplicationRevision
from cityhall.days import TOKYO
from cityhall.workbooks import Cell


@dataclass(frozen=True)
class SentCase:
    """A case with the newest answers that were sent."""

    case: Application
    revision: ApplicationRevision
    version: int
    is_protected: bool


@dataclass(frozen=True)
class Fact:
    """One column: its lasting key, its heading, and where its cell comes from."""

    key: str
    label: Any
    cell: Callable[[SentCase], Cell]


def _moment(value: dt.datetime | None) -> Cell:
    return value.astimezone(TOKYO) if value else None


def _day(value: dt.datetime | None) -> Cell:
    return value.astimezone(TOKYO).date() if value else None


def _name(person: Any) -> Cell:
    return str(person) if person else None


def _protection(one: SentCase) -> Cell:
    return _("支援措置") if one.is_protected else None


_ALL = (
    Fact("number", gettext_lazy("受付番号"), lambda one: one.case.number),
    Fact("id", gettext_lazy("申請ID"), lambda one: one.case.public_id),
    Fact("submitted_on", gettext_lazy("申請日"), lambda one: _day(one.case.submitted_at)),
    Fact("submitted_at", gettext_lazy("申請日時"), lambda one: _moment(one.case.submitted_at)),
    Fact("received_on", gettext_lazy("紙の受付日"), lambda one: one.case.received_on),
    Fact("channel", gettext_lazy("受付方法"), lambda one: one.case.get_channel_display()),
    Fact("state", gettext_lazy("状態"), lambda one: one.case.get_state_display()),
    Fact("procedure", gettext_lazy("手続"), lambda one: one.case.procedure.name),
    Fact("version", gettext_lazy("様式の版"), lambda one: one.version),
    Fact("revision", gettext_lazy("提出の回"), lambda one: one.revision.number),
    Fact("revised_at", gettext_lazy("最後の提出日時"), lambda one: _moment(one.revision.submitted_at)),
    Fact("applicant_kind", gettext_lazy("申請者の種別"), lambda one: one.case.get_applicant_kind_display()),
    Fact("applicant_name", gettext_lazy("申請者名"), lambda one: one.case.applicant_name),
    Fact("applicant_kana", gettext_lazy("申請者のフリガナ"), lambda one: one.case.applicant_kana),
    Fact("protection", gettext_lazy("支援措置"), _protection),
    Fact("department", gettext_lazy("所管課"), lambda one: one.case.department.name),
    Fact("handler", gettext_lazy("担当者"), lambda one: _name(one.case.handler)),
    Fact("due_on", gettext_lazy("処理期限"), lambda one: one.case.due_on),
    Fact("visit_held_on", gettext_lazy("来庁・面接の実施日"), lambda one: one.case.visit_held_on),
    Fact("decision", gettext_lazy("決定"), lambda one: one.case.get_decision_display()),
    Fact("decision_reason", gettext_lazy("決定の理由"), lambda one: one.case.decision_reason),
    Fact("decided_on", gettext_lazy("決定日"), lambda one: _day(one.case.decided_at)),
    Fact("decided_by", gettext_lazy("決定者"), lambda one: _name(one.case.decided_by)),
)
FACTS: dict[str, Fact] = {fact.key: fact for fact in _ALL}
USUAL = ("number", "submitted_at", "state", "applicant_name")
"""Columns of a new profile, before the questions of the form."""
