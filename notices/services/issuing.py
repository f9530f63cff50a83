"""Making a notice: its text is fixed here, its document follows in the worker."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.days import local_date, wareki
from cityhall.errors import DomainError
from cityhall.models import Department, Municipality, User
from cityhall.queries.city import municipality
from cityhall.queue import wake
from cityhall.references import format_number, new_number
from notices.models import DocumentJob, Notice, NoticeType, NoticeTypeVersion
from notices.texts import fill
from residents.models import Resident
from residents.queries import living_row_of


class NoTextYet(DomainError):
    """The type of notice has no version."""

    code = "notice_without_text"
    message = _("この種類の通知には通知文が登録されていません。管理者に登録を依頼してください。")


@dataclass(frozen=True)
class _Letter:
    """Who writes to whom about whom, when and because of what."""

    city: Municipality
    recipient: Resident
    subject: Resident
    department: Department
    issued_on: dt.date
    source_label: str


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
    now: dt.datetime | None = None,
) -> Notice:
    """Make the notice and the job that sets and signs its document, inside the caller's transaction.

    Asking again with the same `request_key` returns the notice made first, also when two ask at once.
    The notice is `draft` until its document is stored; its clocks start then.
    A person whose row was merged meanwhile is written to as they stand now.
    Raises NoTextYet, MissingValues (the text names a value that was not given).
    """
    if made := Notice.objects.filter(request_key=request_key).first():
        return made
    recipient, subject = living_row_of(recipient), living_row_of(subject)
    moment = now or timezone.now()
    letter = _Letter(municipality(), recipient, subject, department, local_date(moment), source_label)
    version = _newest_version(notice_type)
    columns = {
        **_text_of(version, {**_usual_values(letter), **values}),
        **_columns_of(letter),
        **_numbers(letter.city, document_number),
        "version": version,
        "source_type": source_type,
        "source_id": source_id,
        "created_by": by,
        "created_at": moment,
    }
    with transaction.atomic():
        notice, created = Notice.objects.get_or_create(request_key=request_key, defaults=columns)
        if created:
            DocumentJob.objects.create(notice=notice, due_at=moment, created_at=moment)
            wake("notices.tasks.make_documents")
    return notice


@dataclass(frozen=True)
class NoticeText:
    """The words of a notice, in Markdown where the letter sets it."""

    title: str
    body: str
    appeal_text: str
    particulars: list[dict[str, str]]


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
    return NoticeText(**_text_of(_newest_version(notice_type), {**usual, **values}))


def usual_values_for(
    recipient: Resident, *, department: Department, source_label: str, now: dt.datetime
) -> dict[str, str]:
    """What every text may name in a letter to a person about themselves."""
    return _usual_values(_Letter(municipality(), recipient, recipient, department, local_date(now), source_label))


def fill_text(texts: Mapping[str, Any], values: Mapping[str, str]) -> NoticeText:
    """A text that is being written, with these values. Raises MissingValues."""
    return NoticeText(**_text_of(NoticeTypeVersion(**texts), values))


def _newest_version(notice_type: NoticeType) -> NoticeTypeVersion:
    version = notice_type.versions.order_by("-number").first()
    if version is None:
        raise NoTextYet
    return version


def _unused_number() -> str:
    # ten free digits: a clash is rare, and the unique column is the last word
    while True:
        number = new_number()
        if not Notice.objects.filter(number=number).exists():
            return number


def _numbers(city: Municipality, document_number: str) -> dict[str, str]:
    """A free number, and the one on the document: the caller's, or made of the city's symbol."""
    number = _unused_number()
    made = f"{city.document_symbol}第{format_number(number)}号"
    return {"number": number, "document_number": document_number or made}


def _columns_of(letter: _Letter) -> dict[str, Any]:
    return {
        **address_of(letter.recipient),
        "department": letter.department,
        "recipient": letter.recipient,
        "subject": letter.subject,
        "subject_name": letter.subject.full_name,
        "issued_on": letter.issued_on,
        "source_label": letter.source_label,
    }


def _usual_values(letter: _Letter) -> dict[str, str]:
    """What every text may name without the caller's help."""
    city = letter.city
    return {
        "recipient_name": letter.recipient.full_name,
        "subject_name": letter.subject.full_name,
        "issued_date": wareki(letter.issued_on),
        "city_name": city.name,
        "mayor_title": city.mayor_title,
        "department_name": letter.department.name,
        "department_phone": letter.department.phone or city.phone,
        "source_label": letter.source_label,
    }


def _text_of(version: NoticeTypeVersion, values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": fill(version.title, values),
        "body": fill(version.body, values, markdown=True),
        "appeal_text": fill(version.appeal_text, values, markdown=True),
        "particulars": [
            {"label": row["label"], "text": fill(row["text"], values)}
            for row in version.particulars
            if fill(row["text"], values).strip()
        ],
    }


def address_of(recipient: Resident) -> dict[str, str]:
    """The address as it stands now: a letter printed later goes where the decision went."""
    return {
        "recipient_name": recipient.full_name,
        "recipient_postal_code": recipient.postal_code,
        "recipient_address": f"{recipient.prefecture}{recipient.city}{recipient.town}{recipient.street}",
        "recipient_street": recipient.street,
        "recipient_building": recipient.building,
    }
