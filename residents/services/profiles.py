"""What residents tell the city about themselves."""

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from residents.dates import PartialDate
from residents.enums import ResidentSource, Sex
from residents.errors import ProfileRefused
from residents.models import Resident
from residents.names import fold_kana, fold_name, join_name
from residents.phones import parse_phone

_REGISTERED: Final = frozenset(
    {
        "family_name", "given_name", "full_name", "family_kana", "given_kana", "full_kana",
        "search_name", "search_kana",
        "birth_year", "birth_month", "birth_day", "birth_date", "sex",
        "postal_code", "prefecture", "city", "town", "street", "building",
    }
)  # fmt: skip
"""Columns the city's register rules: a profile writes them only for people who are not in the register."""


def save_profile(
    *,
    user: User,
    by: User,
    family_name: str,
    given_name: str,
    family_kana: str = "",
    given_kana: str = "",
    birth: PartialDate | None = None,
    sex: str = Sex.UNSTATED,
    postal_code: str = "",
    prefecture: str = "",
    city: str = "",
    town: str = "",
    street: str = "",
    building: str = "",
    phone: str = "",
    contact_email: str = "",
    language: str = "ja",
    now: dt.datetime | None = None,
) -> Resident:
    """Create or change the resident who signs in with `user`; names are stored exactly as given.

    For people of the register only telephone, contact mail and language are taken: the register's
    spelling and address stand until it changes. Audited with the names of the changed columns.
    Raises ProfileRefused (staff account, no name) and PhoneInvalid.
    """
    if user.is_staff or not (family_name or given_name):
        raise ProfileRefused
    values: dict[str, Any] = {
        **name_columns(family_name, given_name, family_kana, given_kana),
        **birth_columns(birth or PartialDate()),
        "sex": sex,
        "postal_code": postal_code,
        "prefecture": prefecture,
        "city": city,
        "town": town,
        "street": street,
        "building": building,
        **phone_columns(phone),
        "contact_email": contact_email,
        "language": language,
    }
    return _save(user, values, by, now or timezone.now())


def _save(user: User, values: dict[str, Any], by: User, now: dt.datetime) -> Resident:
    with transaction.atomic():
        # the row of the user is the lock: two tabs of a first registration make one resident
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        resident = Resident.objects.filter(user=user).first()
        if resident is None:
            resident = Resident.objects.create(source=ResidentSource.SELF, user=user, **values)
            _record(resident, by, AuditAction.CREATE, [])
        else:
            _change(resident, values, by, now)
    return resident


def name_columns(
    family: str, given: str, family_kana: str, given_kana: str, *, full: str = "", full_kana: str = ""
) -> dict[str, str]:
    """All name columns from the parts: as given, joined, and folded for searching."""
    full_name = full or join_name(family, given)
    full_kana = full_kana or join_name(family_kana, given_kana)
    return {
        "family_name": family,
        "given_name": given,
        "full_name": full_name,
        "family_kana": family_kana,
        "given_kana": given_kana,
        "full_kana": full_kana,
        "search_name": fold_name(full_name),
        "search_kana": fold_kana(full_kana),
    }


def birth_columns(birth: PartialDate) -> dict[str, Any]:
    """The four birth columns of a date with parts that may be unknown."""
    return {
        "birth_year": birth.year,
        "birth_month": birth.month,
        "birth_day": birth.day,
        "birth_date": birth.date,
    }


def phone_columns(phone: str) -> dict[str, str]:
    """Both telephone columns: as it is dialled, and as it was typed. Raises PhoneInvalid."""
    e164, entered = parse_phone(phone)
    return {"phone": e164, "phone_entered": entered}


def _change(resident: Resident, values: dict[str, Any], by: User, now: dt.datetime) -> None:
    allowed = {
        name: value
        for name, value in values.items()
        if resident.source != ResidentSource.REGISTER or name not in _REGISTERED
    }
    changed = [name for name, value in allowed.items() if getattr(resident, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(resident, name, allowed[name])
    resident.updated_at = now
    resident.save(update_fields=[*changed, "updated_at"])
    _record(resident, by, AuditAction.CHANGE, [name for name in changed if not name.startswith("search_")])


def _record(resident: Resident, by: User, action: AuditAction, changed: list[str]) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="resident",
        target_id=resident.public_id,
        detail="profile",
        changed_fields=changed,
    )
