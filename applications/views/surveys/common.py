"""What the pages of surveys share: that a stranger's survey does not exist, and how refusals are told."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from applications.models import Survey, SurveyAddressee
from applications.queries.surveys import addressed_to, owned
from applications.views.staff import staff_of
from cityhall.models import User
from cityhall.my_numbers import StaffTexts, record_confirmed_number


def survey_or_404(request: HttpRequest, public_id: str) -> Survey:
    """A survey of a department for which the person may ask."""
    return get_object_or_404(owned(staff_of(request)), public_id=public_id)


def addressee_or_404(request: HttpRequest, public_id: str) -> SurveyAddressee:
    """What the person was asked, for themselves or a department of theirs."""
    rows = addressed_to(staff_of(request)).select_related(
        "survey__department", "survey__procedure", "department", "user", "draft__filed_by", "application__filed_by"
    )
    return get_object_or_404(rows.defer("draft__draft_answers"), public_id=public_id)


def tell(request: HttpRequest, error: Exception) -> None:
    """A refusal as a message of the next page."""
    messages.warning(request, str(error))


def note_number(survey: Survey, user: User, form: StaffTexts) -> None:
    """What was written had twelve digits in it that the person said are no My Number."""
    record_confirmed_number(
        form,
        by=user,
        target_type="applications.survey",
        target_id=survey.public_id,
        target_label=survey.title,
        department_code=survey.department.code,
    )
