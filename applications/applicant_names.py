"""What an applicant is called in lists and letters: a resident, a business, staff, or a guest by the form."""

from collections.abc import Mapping
from typing import Any

from applications.answers import display_text
from applications.definition import Form
from applications.models import Application, Reception
from residents.models import Resident
from residents.names import fold_kana, fold_name

NAME, KANA = "applicant.name", "applicant.kana"
_PARTS = {NAME: ("family", "given"), KANA: ("family_kana", "given_kana")}


def names_of(
    application: Application, resident: Resident | None, form: Form, answers: Mapping[str, Any]
) -> dict[str, str]:
    """The columns of an application that name its applicant, as they stand today."""
    if application.business is not None:
        name, kana = application.business.name, application.business.name_kana
    elif application.is_staffs and application.filed_by is not None:
        name, kana = application.filed_by.get_full_name(), ""
    elif resident is not None:
        name, kana = resident.full_name, resident.full_kana
    else:
        # without an account a person is what they typed; a form that asks no name leaves the address
        taken = Reception.objects.filter(application=application).first() if application.is_taken_down else None
        name = _said(form, answers, NAME) or (taken.person_name if taken else application.guest_email)
        kana = _said(form, answers, KANA) or (taken.person_kana if taken else "")
    return {
        "applicant_email": _account_email(application),
        "applicant_name": name,
        "applicant_kana": kana,
        "applicant_search": fold_name(name),
        "applicant_search_kana": fold_kana(kana),
    }


def _account_email(application: Application) -> str:
    """The address of a member of staff as it stands today; residents and businesses keep theirs in their records."""
    member = application.filed_by if application.is_staffs else None
    return (member.email or "") if member is not None else ""


def _said(form: Form, answers: Mapping[str, Any], concept: str) -> str:
    """What the answers say of a concept; a question for a name in parts tells the reading as well."""
    for field in form.questions:
        answer = answers.get(field.key)
        if answer is not None and isinstance(answer, dict) and field.concept == NAME:
            return " ".join(answer[part] for part in _PARTS[concept] if answer.get(part))
        if answer is not None and field.concept == concept:
            return display_text(field, answer)
    return ""
