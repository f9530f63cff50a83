"""The public check: is this notice the city's? By number at once, by file through its SHA-256, else in the worker."""

import datetime as dt
import hashlib
import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.enums import FileKind, WorkState
from cityhall.models import StoredFile
from cityhall.queue import wake
from cityhall.references import is_valid_number, normalize_number
from cityhall.services.files import UploadRefused, accept_upload, read_bytes
from cityhall.services.work import finish
from notices import inspection
from notices.enums import CheckResult, NoticeState, ReceiptKind
from notices.links import verify_prefix
from notices.models import Notice, NoticeCheck, ProofSheet, ReceiptEvent

log = logging.getLogger(__name__)

MOST_BYTES = 20 * 1024 * 1024
_SECONDS = 40
# the page promises that a file is gone within a day: the rest of it is for the hourly sweeps
FILE_KEPT = dt.timedelta(hours=20)
MOST_OPEN = 200


@dataclass(frozen=True)
class CheckAnswer:
    """What a stranger may know of a notice: no person, no text, and not its kind, which often is the text.

    `is_proof`: the file is a proof sheet of a notice, made on `proof_on`.
    """

    result: CheckResult
    department: str = ""
    issued_on: dt.date | None = None
    withdrawn_on: dt.date | None = None
    proof_on: dt.date | None = None

    @property
    def is_proof(self) -> bool:
        return self.proof_on is not None


def verify_by_number(number: str) -> CheckAnswer:
    """The answer for a number as a person typed it. A number proves little: the page says so and asks for the file."""
    wanted = normalize_number(number)
    if not is_valid_number(wanted):
        return CheckAnswer(CheckResult.UNKNOWN)
    notice = _public_notices().filter(number=wanted).first()
    return _answer(notice) if notice else CheckAnswer(CheckResult.UNKNOWN)


def answer_of(check: NoticeCheck) -> CheckAnswer | None:
    """The answer for an uploaded file, or None while the worker has not looked into it."""
    if not check.result:
        return CheckAnswer(CheckResult.UNKNOWN) if check.failed_for_good() else None
    result = CheckResult(check.result)
    notice = _public_notices().filter(pk=check.notice_id).first() if check.notice_id else None
    if notice is None:
        return CheckAnswer(result)
    if result == CheckResult.ALTERED:
        return _describe(notice, result)
    # a notice withdrawn after the check says so on the next look
    return _answer(notice, sheet=_sheet_of(check.sha256))


def start_check(upload: "UploadedFile[Any]") -> NoticeCheck:
    """Take an uploaded PDF: a notice or proof sheet whose SHA-256 we know is answered at once and not kept.

    Anything else goes into quarantine and to the worker, until it is examined. Raises UploadRefused (empty,
    too_large, wrong_type, busy).
    """
    digest = _digest(upload) if (upload.size or 0) <= MOST_BYTES else ""
    sheet = _sheet_of(digest)
    by_file = Q(pk=sheet.notice_id) if sheet else Q(sha256=digest)
    notice = _public_notices().filter(by_file).first() if digest else None
    if notice is not None:
        now = timezone.now()
        result = _answer(notice).result
        return NoticeCheck.objects.create(
            sha256=digest, notice=notice, result=result, state=WorkState.DONE, finished_at=now
        )
    _refuse_when_busy()
    with transaction.atomic():
        stored = accept_upload(upload=upload, kind=FileKind.CHECK, by=None, allowed=["pdf"], max_bytes=MOST_BYTES)
        StoredFile.objects.filter(pk=stored.pk).update(delete_after=timezone.now() + FILE_KEPT)
        check = NoticeCheck.objects.create(sha256=digest, file=stored)
        wake("notices.tasks.check_uploads")
    return check


def examine(check: NoticeCheck) -> None:
    """Look into one claimed upload, record the answer and let go of the file. Running twice gives the same answer.

    Only the registered bytes are genuine. Our signature on other bytes, or the number of one of our notices
    in a file that is not the notice, means altered; a letter that a person made has no file to be compared with.
    """
    stored = check.file
    found = _inspect(read_bytes(stored)) if stored else {"numbers": [], "signature": inspection.NO_SIGNATURE}
    notice = _public_notices().filter(number__in=found["numbers"]).first()
    result = CheckResult.UNKNOWN
    if notice is not None and not notice.sha256:
        result = CheckResult.ON_PAPER
    elif notice is not None or found["signature"] == inspection.OURS_BROKEN:
        result = CheckResult.ALTERED
    with transaction.atomic():
        if finish(check, result=result, notice=notice, detail=found["signature"], file=None) and stored:
            StoredFile.objects.filter(pk=stored.pk).update(delete_after=timezone.now())


def _refuse_when_busy() -> None:
    """Anybody may bring files: those that wait must not fill the storage. A race lets a few more in."""
    if NoticeCheck.objects.filter(finished_at__isnull=True)[:MOST_OPEN].count() >= MOST_OPEN:
        raise UploadRefused("busy", _("ただいま確認が混み合っています。しばらく待ってから、もう一度お試しください。"))


def _inspect(content: bytes) -> dict[str, Any]:
    """Ask the limited process; one that dies or takes too long found nothing."""
    command = [sys.executable, "-m", "notices.inspection", str(settings.SIGNING_CA_PATH), verify_prefix()]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, input=content, capture_output=True, timeout=_SECONDS, cwd=settings.BASE_DIR, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        log.warning("file could not be inspected", extra={"error": type(error).__name__})
        return {"numbers": [], "signature": inspection.NO_SIGNATURE}
    return answer


def _public_notices() -> QuerySet[Notice]:
    """Notices that left the city, also as a letter that a person made: any other draft is nothing yet."""
    posted = ReceiptEvent.objects.filter(notice=OuterRef("pk"), kind=ReceiptKind.POSTED)
    return Notice.objects.filter(Q(available_at__isnull=False) | Exists(posted)).select_related("department")


def _sheet_of(digest: str) -> ProofSheet | None:
    return ProofSheet.objects.filter(sha256=digest).first() if digest else None


def _answer(notice: Notice, *, sheet: ProofSheet | None = None) -> CheckAnswer:
    if notice.state == NoticeState.WITHDRAWN:
        return _describe(notice, CheckResult.WITHDRAWN, sheet)
    return _describe(notice, CheckResult.GENUINE if notice.sha256 else CheckResult.ON_PAPER, sheet)


def _describe(notice: Notice, result: CheckResult, sheet: ProofSheet | None = None) -> CheckAnswer:
    return CheckAnswer(
        result=result,
        department=notice.department.name,
        issued_on=notice.issued_on,
        withdrawn_on=timezone.localdate(notice.withdrawn_at) if notice.withdrawn_at else None,
        proof_on=timezone.localdate(sheet.made_at) if sheet else None,
    )


def _digest(upload: "UploadedFile[Any]") -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
