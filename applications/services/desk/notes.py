"""Notes of the staff on a case (内部メモ). Never shown to the applicant, never changed."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Application, CaseNote
from applications.queries.desk import may_add
from applications.services.casework.steps import NotAllowed
from applications.services.keeping import need_kept
from applications.services.messages import MyNumberTyped
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services import audit
from cityhall.text import clean_text, has_my_number

MAX_LENGTH = 2000


class NothingNoted(DomainError):
    """A note without words."""

    code = "nothing_noted"
    message = _("メモを入力してください。")


def write_note(
    *,
    application: Application,
    body: str,
    by: User,
    request_key: str,
    is_no_my_number: bool = False,
    now: dt.datetime | None = None,
) -> CaseNote:
    """Add a note. The same `request_key` of the same person is the same note. Audited without its words.

    `is_no_my_number`: the person has looked at a number that passes the check of the My Number.
    Locks the case. Raises NotAllowed, NothingNoted, MyNumberTyped, CaseDisposed.
    """
    if not may_add(by, application):
        raise NotAllowed
    key = f"{application.pk}:{by.pk}:{request_key}"[:80]
    if earlier := CaseNote.objects.filter(request_key=key).first():
        return earlier
    text = _words(body, is_no_my_number=is_no_my_number)
    try:
        with transaction.atomic():
            need_kept(application)
            note = CaseNote.objects.create(
                application=application, body=text, author=by, request_key=key, written_at=now or timezone.now()
            )
            _record(application, by)
            return note
    except IntegrityError:
        # a double click: the other request was faster
        return CaseNote.objects.get(request_key=key)


def _words(body: str, *, is_no_my_number: bool) -> str:
    text = clean_text(body.strip())
    if not text:
        raise NothingNoted
    if has_my_number(text) and not is_no_my_number:
        raise MyNumberTyped
    return text


def _record(application: Application, by: User) -> None:
    audit.record(
        action=AuditAction.CREATE,
        actor=by,
        target_type="application",
        target_id=application.public_id,
        target_label=application.number or "",
        detail="note",
        department_code=application.department.code,
    )
