"""Procedures and questionnaires as what the button of a notice leads to."""

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.enums import ResultKind
from applications.models import Application, Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.queries.procedures import visible
from cityhall.models import User
from cityhall.references import format_number
from notices.actions import NOTICE_PARAMETER, ActionKind, Choices, register_action
from notices.models import Notice
from notices.queries.acted import notice_followed, only_notice_waiting
from notices.services.acted import record_acted, take_back_acted
from residents.queries import living_row_of

_KINDS = ("procedure", "survey")


def register_notice_actions() -> None:
    """Called once, from `AppConfig.ready`."""
    register_action(ActionKind("procedure", _("手続"), procedures, procedure_url), position=10)
    register_action(ActionKind("survey", _("アンケート"), questionnaires, procedure_url), position=20)


def procedures() -> Choices:
    """What the public may file and gets an answer to."""
    return _choices(visible().exclude(result_kind=ResultKind.NONE))


def questionnaires() -> Choices:
    """What is only sent in: a questionnaire of a city is a form without a decision."""
    return _choices(visible().filter(result_kind=ResultKind.NONE))


def procedure_url(target: str, notice: Notice) -> str:
    """The page of the procedure; its hidden questions get their values from the notice once it is known who came."""
    query = urlencode({NOTICE_PARAMETER: notice.public_id})
    return f"{reverse('applications:procedure_detail', args=[target])}?{query}"


def notice_of(user: User, public_id: str, procedure: Procedure) -> Notice | None:
    """The notice an address names, when this person may see it and it asks for this procedure."""
    return notice_followed(user, public_id, kinds=_KINDS, target=procedure.key)


def record_filed(application: Application, *, by: User | None, now: dt.datetime) -> None:
    """Tell the notice an application follows that it was filed, at the first sending, in the same transaction.

    Without a button that led here it is the only notice of the applicant that asks for this procedure.
    """
    notice, person = application.notice, application.resident
    if notice is None and person is not None:
        notice = only_notice_waiting(living_row_of(person), kinds=_KINDS, target=application.procedure.key)
    if notice is None:
        return
    Application.objects.filter(pk=application.pk).update(notice=notice)
    record_acted(notice, by=by, moment=now, label=_label(application))


def record_withdrawn(application: Application, *, by: User | None, now: dt.datetime) -> None:
    """Tell the notice a filed application follows that it was taken back, in the same transaction."""
    if application.notice is not None:
        take_back_acted(application.notice, by=by, moment=now, label=_label(application))


def _label(application: Application) -> str:
    return f"{application.procedure.name} {format_number(application.number or '')}"


def _choices(procedures: ProcedureQuerySet) -> Choices:
    return list(procedures.order_by("name", "key").values_list("key", "name"))
