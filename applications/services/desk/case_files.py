"""Files the staff put to a case: a scanned form, a reply of another office. Never shown to the applicant."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Application, CaseFile
from applications.queries.desk import may_add
from applications.services.casework.steps import NotAllowed
from applications.services.keeping import need_kept
from cityhall.enums import AuditAction, FileKind
from cityhall.errors import DomainError
from cityhall.models import StoredFile, User
from cityhall.services import audit
from cityhall.services.files import accept_upload
from cityhall.text import clean_text

MAX_FILES = 50
"""Of one case. Each may have many pages."""


class TooManyCaseFiles(DomainError):
    """The case has all the files it may have."""

    code = "too_many_case_files"
    message = _("この申請には、これ以上ファイルを登録できません。複数のページを一つのPDFにまとめてください。")


def add_case_file(
    *,
    application: Application,
    upload: "UploadedFile[Any]",
    label: str,
    by: User,
    request_key: str,
    now: dt.datetime | None = None,
) -> CaseFile:
    """Keep a file at a case; it opens once it was found clean. The same `request_key` is the same file. Audited.

    Stores the file, then the row, locking the application. Raises NotAllowed, UploadRefused, TooManyCaseFiles,
    CaseDisposed when it was disposed of while the file came up.
    """
    if not may_add(by, application):
        raise NotAllowed
    key = f"{application.pk}:{by.pk}:{request_key}"[:80]
    if earlier := CaseFile.objects.filter(request_key=key).first():
        return earlier
    _check_room(application)
    stored = accept_upload(upload=upload, kind=FileKind.CASE, by=by)
    try:
        with transaction.atomic():
            _lock_with_room(application)
            kept = CaseFile.objects.create(
                application=application,
                file=stored,
                label=clean_text(label.strip()),
                added_by=by,
                added_at=now or timezone.now(),
                request_key=key,
            )
            _record(application, by, kept)
            return kept
    except IntegrityError:
        # a double click: the other request was faster
        _let_go(stored)
        return CaseFile.objects.get(request_key=key)
    except DomainError:
        _let_go(stored)
        raise


def _lock_with_room(application: Application) -> None:
    """Hold the case while it is kept and takes one more. Raises CaseDisposed, TooManyCaseFiles."""
    need_kept(application)
    _check_room(application)


def _check_room(application: Application) -> None:
    if CaseFile.objects.filter(application=application).count() >= MAX_FILES:
        raise TooManyCaseFiles


def _let_go(stored: StoredFile) -> None:
    StoredFile.objects.filter(pk=stored.pk).update(delete_after=timezone.now())


def _record(application: Application, by: User, kept: CaseFile) -> None:
    audit.record(
        action=AuditAction.CREATE,
        actor=by,
        target_type="application",
        target_id=application.public_id,
        target_label=application.number or "",
        detail=f"case file {kept.public_id}",
        department_code=application.department.code,
    )
