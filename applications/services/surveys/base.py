"""What the writes of surveys share: their refusals, and the audit trail."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from applications.models import Survey
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services import audit


class SurveyOver(DomainError):
    """What was asked for is possible only before the survey is closed."""

    code = "survey_over"
    message = _("この照会は締め切られています。変更や回答が必要なときは、照会元の課で受付を再開してください。")


class SurveySent(DomainError):
    """What was asked for is possible only before the survey is sent."""

    code = "survey_sent"
    message = _("この照会はすでに送られているため、照会の削除や照会先の取消しはできません。")


class NotSentYet(DomainError):
    """What was asked for is possible only once the survey was sent."""

    code = "survey_not_sent"
    message = _("この照会はまだ送られていません。先に「照会を始める」を押してください。")


def record(
    survey: Survey, by: User | None, action: AuditAction, *, changed_fields: Collection[str] = (), detail: str = ""
) -> None:
    """What is done to a survey goes into the audit trail under its department."""
    audit.record(
        action=action,
        actor=by,
        target_type="applications.survey",
        target_id=survey.public_id,
        target_label=survey.title,
        department_code=survey.department.code,
        changed_fields=list(changed_fields),
        detail=detail,
    )
