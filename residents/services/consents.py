"""Consent given and withdrawn. Every step is a row; the newest row of a kind counts."""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from residents.bulk import one_of
from residents.enums import ConsentKind, ConsentWay
from residents.models import Consent, Resident


@dataclass(frozen=True)
class Said:
    """What a member of staff writes down of somebody's word: the way it came, the day, and why."""

    way: ConsentWay
    said_on: dt.date
    reason: str = ""

    def columns(self) -> dict[str, Any]:
        return asdict(self)


def has_consent(resident: Resident, kind: ConsentKind, *, text_version: str | None = None) -> bool:
    """Whether the newest word of a resident is yes; with `text_version`, yes to that very text."""
    newest = Consent.objects.filter(resident=resident, kind=kind).order_by("-id").first()
    return newest is not None and newest.is_given and text_version in (None, newest.text_version)


def agreed_text(resident: Resident, kind: ConsentKind) -> str:
    """The version of the text to which the newest word of a resident is yes; "" when it is no, or there is none."""
    newest = Consent.objects.filter(resident=resident, kind=kind).order_by("-id").first()
    return newest.text_version if newest is not None and newest.is_given else ""


def agreed_texts(residents: Collection[int], kind: ConsentKind) -> dict[int, str]:
    """The same for very many residents (their ids) in one query; who never said anything is left out."""
    rows = Consent.objects.filter(resident_id__in=one_of(residents, "bigint"), kind=kind).order_by("id")
    said = rows.values_list("resident_id", "is_given", "text_version")
    return {pk: text if is_given else "" for pk, is_given, text in said}


def give(
    *, resident: Resident, kind: ConsentKind, text_version: str, by: User, now: dt.datetime | None = None
) -> Consent:
    """Record consent to a text. Giving it again to the same text adds no row."""
    return _record(resident=resident, kind=kind, text_version=text_version, is_given=True, by=by, now=now)


def withdraw(
    *,
    resident: Resident,
    kind: ConsentKind,
    text_version: str,
    by: User,
    said: Said | None = None,
    now: dt.datetime | None = None,
) -> Consent:
    """Record that consent ends now. What was delivered before stays delivered.

    `said`: how staff heard of it, when the person did not press the button themselves.
    """
    return _record(resident=resident, kind=kind, text_version=text_version, is_given=False, by=by, said=said, now=now)


def _record(
    *,
    resident: Resident,
    kind: ConsentKind,
    text_version: str,
    is_given: bool,
    by: User,
    now: dt.datetime | None,
    said: Said | None = None,
) -> Consent:
    newest = Consent.objects.filter(resident=resident, kind=kind).order_by("-id").first()
    if newest and (newest.is_given, newest.text_version) == (is_given, text_version):
        return newest
    consent = Consent.objects.create(
        resident=resident,
        kind=kind,
        text_version=text_version,
        is_given=is_given,
        at=now or timezone.now(),
        by=by,
        **(said.columns() if said else {}),
    )
    audit.record(
        action=AuditAction.CHANGE,
        actor=by,
        target_type="resident",
        target_id=resident.public_id,
        detail=" ".join(["consent given" if is_given else "consent withdrawn", *([said.way] if said else [])]),
        changed_fields=[kind],
    )
    return consent
