"""A report comes in: numbered, with its photos, and answered with a mail if the person gave an address."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ReportEventKind
from applications.models import Report, ReportEvent, ReportKind, ReportPhoto
from applications.reports.positions import Position
from applications.services.guests import MAILS_PER_MAILBOX, fold_email
from applications.services.reports.mails import Occasion, tell_reporter
from cityhall.db import violated
from cityhall.enums import AuditAction, FileKind
from cityhall.errors import DomainError
from cityhall.models import StoredFile
from cityhall.rate_limits import is_within_limit_of
from cityhall.references import new_number
from cityhall.services import audit


class PhotosGone(DomainError):
    """A photo was taken before and swept since, or belongs to another report."""

    code = "photos_gone"
    message = _("時間がたったため、写真の一部が残っていません。お手数ですが、写真をもう一度選んでください。")


class NothingSaid(DomainError):
    """Neither words nor a picture say what the matter is, or nothing says where."""

    code = "nothing_said"
    message = _("状況の説明か写真のどちらかと、場所を入力してください。")


@dataclass(frozen=True)
class NewReport:
    """What the person has checked. `photos` are public ids of files, `request_key` makes two taps one report."""

    kind: ReportKind
    request_key: str
    body: str = ""
    position: Position | None = None
    place_note: str = ""
    name: str = ""
    email: str = ""
    photos: Sequence[str] = ()


def send(new: NewReport, *, now: dt.datetime | None = None) -> Report:
    """Take a report in and give it its number. The same `request_key` again is the same report.

    One transaction: report, photos, event, mail. Locks the files. Raises NothingSaid, PhotosGone.
    """
    known = _known(new.request_key)
    if known is not None:
        return known
    if not (new.body or new.photos) or not (new.position or new.place_note):
        raise NothingSaid
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            return _create(new, moment)
    except IntegrityError as error:
        # the other tap was faster
        twin = _known(new.request_key) if violated(error) == "applications_report_request_key_key" else None
        if twin is None:
            raise
        return twin


def _known(request_key: str) -> Report | None:
    return Report.objects.select_related("kind", "department").filter(request_key=request_key).first()


def _create(new: NewReport, now: dt.datetime) -> Report:
    report = Report.objects.create(
        number=_free_number(),
        kind=new.kind,
        department=new.kind.department,
        body=new.body,
        latitude=new.position.latitude if new.position else None,
        longitude=new.position.longitude if new.position else None,
        place_note=new.place_note,
        reporter_name=new.name,
        reporter_email=fold_email(new.email),
        request_key=new.request_key,
        received_at=now,
    )
    _take_photos(report, new.photos)
    ReportEvent.objects.create(report=report, kind=ReportEventKind.RECEIVED, at=now)
    audit.record(
        action=AuditAction.CREATE,
        actor=None,
        target_type="report",
        target_id=report.public_id,
        target_label=report.number,
        department_code=report.department.code,
    )
    if report.reporter_email and _may_mail(report.reporter_email):
        tell_reporter(report, Occasion.RECEIVED, now=now)
    return report


def _take_photos(report: Report, ids: Sequence[str]) -> None:
    """Raises PhotosGone."""
    unsent = StoredFile.objects.select_for_update(of=("self",), no_key=True)
    files = {file.public_id: file for file in unsent.filter(kind=FileKind.REPORT, public_id__in=ids).order_by("pk")}
    taken = ReportPhoto.objects.filter(file__in=files.values()).exists()
    if taken or len(files) != len(set(ids)):
        raise PhotosGone
    ReportPhoto.objects.bulk_create([ReportPhoto(report=report, file=files[one]) for one in ids])
    StoredFile.objects.filter(pk__in=[file.pk for file in files.values()]).update(delete_after=None)


def _may_mail(email: str) -> bool:
    """Nobody's mailbox is filled by a stranger who types its address. Shared with the links of guests."""
    return is_within_limit_of(email, "guest-mailbox", times=MAILS_PER_MAILBOX, seconds=3600)


def _free_number() -> str:
    """A number no report has; that two requests draw the same new one at once is left to the constraint."""
    number = new_number()
    while Report.objects.filter(number=number).exists():
        number = new_number()
    return number
