"""Making a notice: its text is fixed here, its document follows in the worker."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.crypto import encrypt
from cityhall.days import keep_until, local_date, wareki
from cityhall.errors import DomainError
from cityhall.models import Department, Municipality, StoredFile, User
from cityhall.queries.city import municipality
from cityhall.queue import wake
from cityhall.references import format_number, new_number
from notices.models import DocumentJob, Notice, NoticeFile, NoticeType, NoticeTypeVersion
from notices.texts import NoticeText, compile_text
from residents.models import Resident
from residents.queries import living_row_of

_TEXT_COLUMNS = tuple(field.name for field in fields(NoticeText))


class NoTextYet(DomainError):
    """The type of notice has no version."""

    code = "notice_without_text"
    message = _("この種類の通知には通知文が登録されていません。管理者に登録を依頼してください。")


@dataclass(frozen=True)
class CommonValues:
    """What every text may name without the caller's help, but for the two people."""

    city: Municipality
    department: Department
    issued_on: dt.date
    source_label: str

    def as_dict(self) -> dict[str, str]:
        """The values by their names in a text."""
        return {
            "issued_date": wareki(self.issued_on),
            "city_name": self.city.name,
            "mayor_title": self.city.mayor_title,
            "department_name": self.department.name,
            "department_phone": self.department.phone or self.city.phone,
            "source_label": self.source_label,
        }

    def for_people(self, recipient: Resident, subject: Resident) -> dict[str, str]:
        """The same with the names of the two people."""
        return self.as_dict() | {"recipient_name": recipient.full_name, "subject_name": subject.full_name}


def issue(
    *,
    notice_type: NoticeType,
    recipient: Resident,
    subject: Resident,
    department: Department,
    values: Mapping[str, str],
    source_type: str,
    source_id: str,
    source_label: str,
    request_key: str,
    by: User | None,
    document_number: str = "",
    one_time_code: str = "",
    files: Sequence[StoredFile] = (),
    is_practice: bool = False,
    now: dt.datetime | None = None,
) -> Notice:
    """Make the notice and the job that sets and signs its document, inside the caller's transaction.

    Asking again with the same `request_key` returns the notice made first, also when two ask at once.
    The notice is `draft` until its document is stored; its clocks start then. `files` come after those of the text.
    A person whose row was merged meanwhile is written to as they stand now.
    Raises NoTextYet, MissingValues (the text names a value that was not given).
    """
    if made := Notice.objects.filter(request_key=request_key).first():
        return made
    recipient, subject = living_row_of(recipient), living_row_of(subject)
    moment = now or timezone.now()
    usual = CommonValues(municipality(), department, local_date(moment), source_label)
    version = newest_version(notice_type)
    number = _unused_number()
    columns = {
        **columns_of_text(compile_text(version).fill({**usual.for_people(recipient, subject), **values})),
        **columns_of_version(version, issued_on=usual.issued_on),
        **address_of(recipient),
        "department": department,
        "recipient": recipient,
        "subject": subject,
        "subject_name": subject.full_name,
        "source_type": source_type,
        "source_id": source_id,
        "source_label": source_label,
        "number": number,
        "document_number": document_number or document_number_of(number, city=usual.city),
        "one_time_code": encrypt(one_time_code) if one_time_code else "",
        "is_practice": is_practice,
        "created_by": by,
        "created_at": moment,
    }
    with transaction.atomic():
        notice, created = Notice.objects.get_or_create(request_key=request_key, defaults=columns)
        if created:
            _enclose(notice, [*files_of_version(version), *(file.pk for file in files)])
            DocumentJob.objects.create(notice=notice, due_at=moment, created_at=moment)
            wake("notices.tasks.make_documents")
    return notice


def preview(
    *,
    notice_type: NoticeType,
    recipient: Resident,
    department: Department,
    values: Mapping[str, str],
    source_label: str,
    now: dt.datetime | None = None,
) -> NoticeText:
    """What `issue` would write to a person about themselves. Makes nothing. Raises NoTextYet, MissingValues."""
    usual = usual_values_for(
        living_row_of(recipient), department=department, source_label=source_label, now=now or timezone.now()
    )
    return compile_text(newest_version(notice_type)).fill({**usual, **values})


def usual_values_for(
    recipient: Resident, *, department: Department, source_label: str, now: dt.datetime
) -> dict[str, str]:
    """What every text may name in a letter to a person about themselves."""
    return CommonValues(municipality(), department, local_date(now), source_label).for_people(recipient, recipient)


def fill_text(texts: Mapping[str, Any], values: Mapping[str, str]) -> NoticeText:
    """A text that is being written, with these values. Raises MissingValues."""
    return compile_text(NoticeTypeVersion(**texts)).fill(values)


def newest_version(notice_type: NoticeType) -> NoticeTypeVersion:
    """The text that a notice of this kind gets today. Raises NoTextYet."""
    version = notice_type.versions.order_by("-number").first()
    if version is None:
        raise NoTextYet
    return version


def columns_of_text(text: NoticeText) -> dict[str, Any]:
    """The words of a notice as columns."""
    return {name: getattr(text, name) for name in _TEXT_COLUMNS}


def columns_of_version(version: NoticeTypeVersion, *, issued_on: dt.date) -> dict[str, Any]:
    """What all notices of a version have in common."""
    kind = version.notice_type
    return {
        "version": version,
        "inbox_category": kind.inbox_category,
        "action_kind": version.action_kind,
        "action_target": version.action_target,
        "action_label": version.action_label,
        "issued_on": issued_on,
        "keep_until": keep_until(issued_on, kind.retention_years),
    }


def files_of_version(version: NoticeTypeVersion) -> list[int]:
    """Ids of the files that go with every notice of a version, in their order."""
    return list(version.files.order_by("position", "id").values_list("file_id", flat=True))


def document_number_of(number: str, *, city: Municipality) -> str:
    """The number on the document where nobody gives one: made of the city's symbol."""
    return f"{city.document_symbol}第{format_number(number)}号"


class Addressee(Protocol):
    """A resident, or as much of one as an address takes."""

    @property
    def full_name(self) -> str: ...
    @property
    def postal_code(self) -> str: ...
    @property
    def prefecture(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def town(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def building(self) -> str: ...


def address_of(recipient: Addressee) -> dict[str, str]:
    """The address as it stands now: a letter printed later goes where the decision went."""
    return {
        "recipient_name": recipient.full_name,
        "recipient_postal_code": recipient.postal_code,
        "recipient_address": f"{recipient.prefecture}{recipient.city}{recipient.town}{recipient.street}",
        "recipient_street": recipient.street,
        "recipient_building": recipient.building,
    }


def _enclose(notice: Notice, file_ids: Iterable[int]) -> None:
    # a file that goes with every notice may be given for this one too
    once = dict.fromkeys(file_ids)
    NoticeFile.objects.bulk_create(
        NoticeFile(notice=notice, file_id=file_id, position=position) for position, file_id in enumerate(once)
    )


def _unused_number() -> str:
    # ten free digits: a clash is rare, and the unique column is the last word
    while True:
        number = new_number()
        if not Notice.objects.filter(number=number).exists():
            return number
