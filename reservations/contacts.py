"""Who a booking is for, as a form or a service hands it on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reservations.models import DrawWish, Reservation, WaitlistEntry
from residents.models import Resident
from residents.names import fold_kana


@dataclass(frozen=True)
class ContactData:
    """A resident of ours, or what a guest typed. `phone` is in E.164, as `residents.phones` reads it."""

    name: str = ""
    kana: str = ""
    email: str = ""
    phone: str = ""
    language: str = "ja"
    resident: Resident | None = None


def columns_of(contact: ContactData) -> Mapping[str, Any]:
    """The columns of a booking that say who it is for; a resident's name stands in for one not typed."""
    person = contact.resident
    name = contact.name or (person.full_name if person else "")
    kana = contact.kana or (person.full_kana if person else "")
    return {
        "resident": person,
        "name": name[:80],
        "kana": kana[:80],
        "search_kana": fold_kana(kana)[:80],
        "email": contact.email.strip().lower(),
        "phone": contact.phone,
        "language": contact.language,
    }


def contact_of(row: Reservation | WaitlistEntry | DrawWish) -> ContactData:
    """Who a row is for."""
    return ContactData(
        name=row.name, kana=row.kana, email=row.email, phone=row.phone, language=row.language, resident=row.resident
    )
