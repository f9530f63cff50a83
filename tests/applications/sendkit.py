"""A small form with a condition, and drafts of it that are ready to be sent."""

import itertools

from applications.models import Application
from applications.services import starting
from applications.services.submission import submit
from tests.applications import sample

_number = itertools.count(1)

DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "person",
            "title": "申込者",
            "fields": [
                {"key": "name", "type": "text", "label": "氏名", "required": True, "concept": "applicant.name"},
                *sample.asked_on_yes("child", "お子さんと参加しますか", "child_name", "お子さんの氏名"),
            ],
        },
        {
            "key": "rest",
            "title": "そのほか",
            "fields": [
                {"key": "note", "type": "long_text", "label": "備考", "max_length": 500},
                {"key": "paper", "type": "file", "label": "書類", "max_files": 2},
            ],
        },
    ],
}
VALUES = {"name": "高橋 さくら", "child": "no", "note": "よろしくお願いします。"}


def make_procedure(department, **fields):
    return sample.make_procedure(department=department, document=DOCUMENT, **fields)


def fill(draft, **values):
    Application.objects.filter(pk=draft.pk).update(draft_answers=VALUES | values)
    draft.refresh_from_db()
    return draft


def make_draft(procedure, resident, **values):
    """A draft of somebody with an account."""
    key = f"send-{next(_number)}"
    draft = starting.start(procedure=procedure, resident=resident, by=resident.user, request_key=key)
    return fill(draft, **values)


def make_guest_draft(procedure, email, **values):
    """A draft without an account."""
    draft = Application.objects.create(
        procedure=procedure,
        form_version=procedure.current_version,
        department=procedure.department,
        guest_email=email,
        request_key=f"guest-{next(_number)}",
    )
    return fill(draft, **values)


def send(draft, by, **arguments):
    """What the button on the check page does."""
    return submit(application=seen(draft), by=getattr(by, "user", by), **arguments)


def seen(application):
    """The application as a request has it."""
    rows = Application.objects.select_related("procedure", "department", "form_version", "resident")
    return rows.get(pk=application.pk)
