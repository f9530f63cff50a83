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
    made = Notice.objects.filter(request_key=request_key).first()
    if made is not None:
        return made
    recipient, subject = living_row_of(recipient), living_row_of(subject)
    moment = now or timezone.now()
    version = _newest_version(notice_type)
    city = municipality()
    number = _unused_number()
    issued_on = local_date(moment)
    usual = _usual_values(
        city=city,
        recipient=recipient,
        subject=subject,
        department=department,
        issued_on=issued_on,
        source_label=source_label,
    )
    given = {**usual, **values}
    with transaction.atomic():
        notice, created = Notice.objects.get_or_create(
            request_key=request_key,
            defaults={
                **_text_of(version, given),
                **address_of(recipient),
                "number": number,
                "document_number": document_number or f"{city.document_symbol}第{format_number(number)}号",
                "version": version,
                "department": department,
                "recipient": recipient,
                "subject": subject,
                "subject_name": subject.full_name,
                "issued_on": issued_on,
                "source_type": source_type,
                "source_id": source_id,
                "source_label": source_label,
                "created_by": by,
                "created_at": moment,
            },
        )
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
    return _usual_values(
        city=municipality(),
        recipient=recipient,
        subject=recipient,
        department=department,
        issued_on=local_date(now),
        source_label=source_label,
    )


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


def _usual_values(
    *,
    city: Municipality,
    recipient: Resident,
    subject: Resident,
    department: Department,
    issued_on: dt.date,
    source_label: str,
) -> dict[str, str]:
    """What every text may name without the caller's help."""
    return {
        "recipient_name": recipient.full_name,
        "subject_name": subject.full_name,
        "issued_date": wareki(issued_on),
        "city_name": city.name,
        "mayor_title": city.mayor_title,
        "department_name": department.name,
        "department_phone": department.phone or city.phone,
        "source_label": source_label,
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
