"""Messages between an applicant and the city hall, with files. Nothing of them goes into a mail."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Message, MessageFile
from applications.permissions import CaseAction
from applications.queries.messages import may_reply
from applications.services.casework.steps import check_step
from applications.services.keeping import CaseDisposed, need_kept
from applications.services.mails import Occasion, tell_applicant
from cityhall.enums import AuditAction, FileKind
from cityhall.errors import DomainError
from cityhall.models import StoredFile, User
from cityhall.my_numbers import REFUSED
from cityhall.services import audit
from cityhall.services.files import accept_upload
from cityhall.text import clean_text, has_my_number

MAX_LENGTH = 2000
MAX_FILES = 5

Files = Sequence["UploadedFile[Any]"]


class NothingSaid(DomainError):
    """A message without words."""

    code = "nothing_said"
    message = _("メッセージを入力してください。")


class TooManyMessageFiles(DomainError):
    """More files than one message carries."""

    code = "too_many_message_files"
    message = _("1通のメッセージに添付できるファイルは5つまでです。ファイルを減らすか、分けて送信してください。")


class ConversationOver(DomainError):
    """The case is over, and the time for questions too."""

    code = "conversation_over"
    message = _("この申請は終わってから日がたっているため、メッセージを送信できません。担当課に電話でご連絡ください。")


class MyNumberTyped(DomainError):
    """A My Number stands in the text. It is never stored (番号法19条, design of the product)."""

    code = "my_number_typed"
    message = REFUSED


def send_from_applicant(
    *,
    application: Application,
    body: str,
    files: Files = (),
    by: User | None,
    request_key: str,
    now: dt.datetime | None = None,
) -> Message:
    """Send a message to the city. The same `request_key` is the same message.

    No mail: the case and the work list of the department show that something is unread.
    Raises NothingSaid, BadText, MyNumberTyped, TooManyMessageFiles, UploadRefused, ConversationOver,
    CaseDisposed. Locks the case.
    """
    moment = now or timezone.now()
    if not may_reply(application, now=moment):
        raise ConversationOver
    if has_my_number(body):
        raise MyNumberTyped
    return _send(application, body, files, by=by, request_key=request_key, now=moment, is_from_city=False)


def send_from_city(
    *,
    application: Application,
    body: str,
    files: Files = (),
    by: User,
    request_key: str,
    is_no_my_number: bool = False,
    now: dt.datetime | None = None,
) -> Message:
    """Send a message to the applicant, and a mail without content that there is one. Audited.

    Also when the case is over. `is_no_my_number`: the person has looked at a number that passes the check of
    the My Number. Raises NotAllowed and what `send_from_applicant` raises of the text.
    """
    check_step(application=application, action=CaseAction.WRITE, by=by)
    if has_my_number(body) and not is_no_my_number:
        raise MyNumberTyped
    moment = now or timezone.now()
    return _send(application, body, files, by=by, request_key=request_key, now=moment, is_from_city=True)


def mark_read(*, application: Application, by_city: bool, now: dt.datetime | None = None) -> int:
    """Note that one side has seen what the other wrote; how many messages that were."""
    unread = Message.objects.filter(application=application, is_from_city=not by_city, read_at__isnull=True)
    return unread.update(read_at=now or timezone.now())


def _send(
    application: Application,
    body: str,
    files: Files,
    *,
    by: User | None,
    request_key: str,
    now: dt.datetime,
    is_from_city: bool,
) -> Message:
    key = f"{application.pk}:{by.pk if by else 'guest'}:{request_key}"[:80]
    if earlier := Message.objects.filter(request_key=key).first():
        return earlier
    text = _checked(body, files)
    stored = _store(files, by)
    try:
        with transaction.atomic():
            need_kept(application)
            message = Message.objects.create(
                application=application,
                is_from_city=is_from_city,
                author=by,
                body=text,
                request_key=key,
                sent_at=now,
            )
            MessageFile.objects.bulk_create([MessageFile(message=message, file=file) for file in stored])
            _record(application, by, is_from_city=is_from_city)
            if is_from_city:
                tell_applicant(application, Occasion.MESSAGE)
            return message
    except CaseDisposed:
        _let_go(stored, now)
        raise
    except IntegrityError:
        # a double click: the other request was faster, and its files are the same
        twin = Message.objects.filter(request_key=key).first()
        if twin is None:
            raise
        _let_go(stored, now)
        return twin


def _checked(body: str, files: Files) -> str:
    text = clean_text(body.strip())
    if not text:
        raise NothingSaid
    if len(files) > MAX_FILES:
        raise TooManyMessageFiles
    return text


def _store(files: Files, by: User | None) -> list[StoredFile]:
    """All files or none: those before one that is refused are swept. Raises UploadRefused."""
    stored: list[StoredFile] = []
    try:
        for upload in files:
            # one by one: what was stored before a refusal must be known
            stored.append(accept_upload(upload=upload, kind=FileKind.ATTACHMENT, by=by))  # noqa: PERF401
    except DomainError:
        _let_go(stored, timezone.now())
        raise
    return stored


def _let_go(stored: Sequence[StoredFile], now: dt.datetime) -> None:
    StoredFile.objects.filter(pk__in=[file.pk for file in stored]).update(delete_after=now)


def _record(application: Application, by: User | None, *, is_from_city: bool) -> None:
    audit.record(
        action=AuditAction.CREATE,
        actor=by,
        target_type="application",
        target_id=application.public_id,
        target_label=application.number or "",
        detail="message from city" if is_from_city else "message from applicant",
        department_code=application.department.code,
    )
