"""Who somebody is, and what of them may be shown to whom."""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from cityhall.days import age_on, today
from cityhall.models import User
from residents.models import Resident
from residents.models.resident import ResidentQuerySet
from residents.permissions import VIEW_PROTECTED_ADDRESS
from residents.queries.merged import living_row_of


def resident_of(user: User | AnonymousUser | AbstractBaseUser) -> Resident | None:
    """The resident who signs in with this user; None for staff, nobody, and people not yet registered."""
    if not isinstance(user, User) or user.is_staff:
        return None
    try:
        return user.resident
    except Resident.DoesNotExist:
        return None


def own_row_ids(user: User | AnonymousUser | AbstractBaseUser) -> list[int]:
    """Ids of this person's row and of the rows merged into it; none for staff and people not yet registered.

    Kept on `user.resident`, which Django keeps itself, because a page asks several times. As numbers and not as a
    subquery: with one in it, planning the statements about notices and applications costs more than running them.
    """
    resident = resident_of(user)
    if resident is None:
        return []
    kept: list[int] | None = getattr(resident, "_own_row_ids", None)
    if kept is None:
        merged = Resident.objects.order_by().filter(merged_into=resident).values_list("pk", flat=True)
        kept = [resident.pk, *merged]
        resident._own_row_ids = kept  # type: ignore[attr-defined]
    return kept


def is_protected(resident: Resident, *, on: dt.date | None = None) -> bool:
    """Whether the address is under protection (支援措置) on a day; the last day counts."""
    return resident.protected_until is not None and resident.protected_until >= (on or today())


def visible_address(resident: Resident, *, to: User | AnonymousUser | None, on: dt.date | None = None) -> str:
    """The address in one line as a user may see it: "" when it is protected from them.

    Protected addresses are shown to the person themselves and to staff with the right for it; never to
    household members, agents or exports (`to=None`).
    """
    if not is_protected(resident, on=on):
        return resident.address
    if isinstance(to, User) and (resident.user_id == to.pk or (to.is_staff and to.has_perm(VIEW_PROTECTED_ADDRESS))):
        return resident.address
    return ""


def mail_address_of(resident: Resident) -> str:
    """Where mail reaches the person: the sign-in address once it is verified, else the contact address; or "".

    The contact address was typed by somebody and proven by nobody, so it comes second.
    """
    row = living_row_of(resident)
    user = row.user
    if user is not None and user.email and user.email_verified_at:
        return user.email
    return row.contact_email


def household_of(resident: Resident) -> ResidentQuerySet:
    """The people of the same household who live here, the resident included; oldest first."""
    if resident.household_id is None:
        return Resident.objects.filter(pk=resident.pk)
    return Resident.objects.living_here().filter(household_id=resident.household_id).order_by("birth_date", "id")


def age_of(resident: Resident, *, on: dt.date | None = None) -> int | None:
    """Full years on a day; None when the birth date is not known to the day."""
    return age_on(resident.birth_date, on or today()) if resident.birth_date else None
