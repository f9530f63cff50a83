"""Procedures and questionnaires as what the button of a notice leads to."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.enums import ResultKind
from applications.models.procedure import ProcedureQuerySet
from applications.queries.procedures import visible
from notices.actions import NOTICE_PARAMETER, ActionKind, Choices, register_action
from notices.models import Notice


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


def procedure_url(target: str, values: Mapping[str, str], notice: Notice) -> str:
    """The page of the procedure; its hidden questions keep what the address gives (`applications.link_values`)."""
    query = urlencode({**values, NOTICE_PARAMETER: notice.public_id})
    return f"{reverse('applications:procedure_detail', args=[target])}?{query}"


def _choices(procedures: ProcedureQuerySet) -> Choices:
    return list(procedures.order_by("name", "key").values_list("key", "name"))
