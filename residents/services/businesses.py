"""Businesses and the users who file for them."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.codes import is_corporate_number
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from residents.errors import BusinessRefused
from residents.models import Business, BusinessMember


def register_business(
    *,
    name: str,
    by: User,
    corporate_number: str = "",
    name_kana: str = "",
    postal_code: str = "",
    address: str = "",
    phone: str = "",
) -> Business:
    """Register a business and make `by` its first manager.

    Raises BusinessRefused for a corporate number with a wrong check digit, or one registered already:
    then its manager lets others in, nobody joins by knowing the (public) number.
    """
    if corporate_number and not is_corporate_number(corporate_number):
        raise BusinessRefused
    try:
        with transaction.atomic():
            business = Business.objects.create(
                corporate_number=corporate_number or None,
                name=name,
                name_kana=name_kana,
                postal_code=postal_code,
                address=address,
                phone=phone,
            )
            BusinessMember.objects.create(business=business, user=by, is_manager=True)
            _record(business, by, "business registered", AuditAction.CREATE)
    except IntegrityError as error:
        if violated(error) == "business_corporate_number_unique":
            raise BusinessRefused from error
        raise
    return business


def add_member(*, business: Business, user: User, by: User, is_manager: bool = False) -> BusinessMember:
    """Let a user file for a business; a user who may already stays as they are."""
    with transaction.atomic():
        member, is_new = BusinessMember.objects.get_or_create(
            business=business, user=user, ended_at=None, defaults={"is_manager": is_manager}
        )
        if is_new:
            _record(business, by, "member added", AuditAction.CHANGE)
    return member


def end_member(*, member: BusinessMember, by: User, now: dt.datetime | None = None) -> None:
    """Take the right to file away; the row stays."""
    with transaction.atomic():
        if BusinessMember.objects.filter(pk=member.pk, ended_at=None).update(ended_at=now or timezone.now()):
            _record(member.business, by, "member ended", AuditAction.CHANGE)


def _record(business: Business, by: User, detail: str, action: AuditAction) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="business",
        target_id=business.public_id,
        target_label=business.name,
        detail=detail,
    )
