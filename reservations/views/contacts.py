"""Who comes, as the pages of residents know it: the record of who is signed in, else what was typed."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import get_language

from cityhall.models import User
from reservations.contacts import ContactData
from reservations.forms import ContactForm
from residents.queries import mail_address_of, resident_of


def contact_from(form: ContactForm, user: AbstractBaseUser | AnonymousUser) -> ContactData:
    """What a form says of who comes; a resident's name is the one on record."""
    resident = resident_of(user)
    data = form.cleaned_data
    return ContactData(
        name=resident.full_name if resident else data["name"],
        kana=resident.full_kana if resident else data["kana"],
        email=data["email"],
        phone=form.e164(),
        language=(get_language() or "ja")[:10],
        resident=resident,
    )


def known_contact(user: AbstractBaseUser | AnonymousUser) -> dict[str, Any]:
    """What is known of somebody before they type."""
    resident = resident_of(user)
    if resident is not None:
        return {"email": mail_address_of(resident), "phone": resident.phone_entered or resident.phone}
    return {"email": user.email or ""} if isinstance(user, User) else {}
