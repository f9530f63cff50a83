"""The questions a handler marked, and the way straight to each of them."""

from dataclasses import dataclass

from django.urls import reverse

from applications.definition import form_of
from applications.models import Application, CorrectionRequest


@dataclass(frozen=True)
class Mark:
    """One question to correct: what it is called, what was said of it, where it is."""

    label: str
    comment: str
    url: str


def marks_of(application: Application, request: CorrectionRequest) -> list[Mark]:
    """The marked questions in the order of the form. From each page one goes on to the check page."""
    form = form_of(application.form_version)
    return [
        Mark(field.label, request.comments[field.key], _address(application, number, field.key))
        for number, page in enumerate(form.pages, start=1)
        for field in page.fields
        if field.key in request.comments
    ]


def _address(application: Application, number: int, key: str) -> str:
    page = reverse("applications:draft_page", args=[application.public_id, number])
    return f"{page}?check=1#question-{key}"
