"""Reads of single cases, for the screens of the staff."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from applications.answers import Row, Section, display_rows
from applications.definition import Form, parse
from applications.enums import ApplicationState
from applications.models import Application, ApplicationEvent, ApplicationRevision, Approval, CorrectionRequest
from applications.permissions import CaseAction
from applications.queries.scope import allowed_actions, may_read, visible_cases, waiting_approval
from applications.services.casework.decision_notices import SOURCE_TYPE
from cityhall.models import User
from notices.models import Notice
from notices.queries import of_source

__all__ = ["CaseFile", "case_file", "may_read", "notices_of", "visible_case"]


def visible_case(user: User, public_id: str) -> Application:
    """The case if the person may see it. Raises Application.DoesNotExist for strangers and wrong ids alike."""
    return (
        visible_cases(user)
        .select_related("procedure", "department", "form_version", "resident__user", "business", "filed_by")
        .select_related("handler", "decided_by")
        .get(public_id=public_id)
    )


def notices_of(application: Application) -> QuerySet[Notice]:
    """Decision notices of a case, newest first."""
    return of_source(SOURCE_TYPE, application.public_id)
