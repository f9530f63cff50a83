"""Businesses: registered and kept by their managers, looked at by staff."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.codes import is_corporate_number
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from residents.errors import BusinessRefused, NotManager, TooManyBusinesses
from residents.models import Business, BusinessMember

CHECKED = ("name", "name_kana", "representative", "postal_code", "address")
"""What staff compare with papers: when one of them changes, the check is over."""
OWN = (*CHECKED, "phone")
"""What managers may change; the corporate number stays."""
MAX_BUSINESSES = 20
"""Businesses one person may manage: more than anybody leads, and no way to fill the table."""


def register_business(
    *,
    name: str,
    by: User,
    corporate_number: str = "",
    name_kana: str = "",
    representative: str = "",
    postal_code: str = "",
    address: str = "",
    phone: str = "",
) -> Business:
    """Register a business and make `by` its first manager.

    Raises BusinessRefused for a corporate number with a wrong check digit, or one registered already:
    then its manager lets others in, nobody joins by knowing the (public) number. Raises TooManyBusinesses.
    Locks the user.
    """
    if corporate_number and not is_corporate_number(corporate_number):
        raise BusinessRefused
    try:
        with transaction.atomic():
            _lock_with_room(by)
            business = Business.objects.create(
                corporate_number=corporate_number or None,
                name=name,
                name_kana=name_kana,
                representative=representative,
                postal_code=postal_code,
                address=address,
                phone=phone,
            )
            BusinessMember.objects.create(business=business, user=by, is_manager=True)
            record(business, by, "business registered", AuditAction.CREATE)
    except IntegrityError as error:
        if violated(error) == "business_corporate_number_unique":
            raise BusinessRefused from error
        raise
    return business


def _lock_with_room(manager: User) -> None:
    """Hold the manager: of two registrations at once, the second waits here and then counts the first."""
    User.objects.select_for_update(no_key=True).get(pk=manager.pk)
    if BusinessMember.objects.filter(user=manager, is_manager=True, ended_at=None).count() >= MAX_BUSINESSES:
        raise TooManyBusinesses(MAX_BUSINESSES)


def update_business(*, business: Business, by: User, **values: str) -> Business:
    """Change what a business says of itself (`OWN`). What staff had looked at must be looked at again.

    Raises NotManager.
    """
    with transaction.atomic():
        row = Business.objects.select_for_update(no_key=True).get(pk=business.pk)
        refuse_others(row, by)
        changed = [name for name in OWN if name in values and getattr(row, name) != values[name]]
        if not changed:
            return row
        for name in changed:
            setattr(row, name, values[name])
        if set(changed) & set(CHECKED):
            row.verified_at = row.verified_by = None
        row.save(update_fields=[*changed, "verified_at", "verified_by"])
        record(row, by, "business changed", AuditAction.CHANGE, changed)
    return row


def verify_business(*, business: Business, by: User, now: dt.datetime | None = None) -> bool:
    """Note that staff have compared a business with papers; whether it was not noted before. Audited."""
    with transaction.atomic():
        unverified = Business.objects.filter(pk=business.pk, verified_at=None)
        is_new = unverified.update(verified_at=now or timezone.now(), verified_by=by) == 1
        if is_new:
            record(business, by, "business verified", AuditAction.CHANGE, ["verified_at"])
    return is_new


def refuse_others(business: Business, by: User) -> None:
    """Raises NotManager for everybody but the managers of a business."""
    if not BusinessMember.objects.filter(business=business, user=by, is_manager=True, ended_at=None).exists():
        raise NotManager


def record(business: Business, by: User, detail: str, action: AuditAction, fields: list[str] | None = None) -> None:
    """The audit event of a step of a business."""
    audit.record(
        action=action,
        actor=by,
        target_type="business",
        target_id=business.public_id,
        target_label=business.name,
        detail=detail,
        changed_fields=fields or [],
    )
