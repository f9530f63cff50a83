"""Who can sign in: six residents, and staff for every role. The passwords stand on /demo/, on purpose."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from cityhall.enums import Role
from cityhall.models import Department, StaffRole, User
from portal.demo_city.people import KNOWN_FAMILIES
from residents.enums import ConsentKind, ExternalIdKind
from residents.models import ExternalId, Resident
from residents.services import consents

PASSWORD: Final = "midori-demo-2026"  # noqa: S105 - the demo's, printed on its front page
TOTP_SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
_SINCE: Final = dt.date(2026, 4, 1)
_SMALL_SINCE: Final = dt.date(2021, 4, 1)
"""Whoever was born later does not go to school in April 2027."""
_MOST_PARENTS: Final = 40
KEEPS_PAPER: Final = 2
"""The head of this family has an account and no consent: his notices go by post as well."""
_CARE: Final = ("kosodate", "hoiku", "gakudo", "kaigo", "bosai", "shogai", "gakumu", "shogaku")
_LIFE: Final = ("shimin", "hoken", "kankyo", "suido", "kenko", "zei", "doro", "kyodo", "senkyo", "shobo")
_INSIDE: Final = ("somu", "digital", "kikaku", "jinji")


@dataclass(frozen=True)
class StaffAccount:
    """One member of staff: the role, and the departments it is held in (none: the whole city hall)."""

    mailbox: str
    name: str
    role: Role
    departments: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return f"{self.mailbox}@city.example.jp"


STAFF: Final = (
    StaffAccount("clerk", "窓口 一郎", Role.CLERK, ("shimin",)),
    StaffAccount("handler", "審査 花子", Role.HANDLER, _CARE),
    StaffAccount("handler2", "審査 次郎", Role.HANDLER, _LIFE),
    StaffAccount("approver", "決裁 三郎", Role.APPROVER, _CARE),
    StaffAccount("approver2", "決裁 四郎", Role.APPROVER, _LIFE),
    StaffAccount("handler3", "審査 四季", Role.HANDLER, _INSIDE),
    StaffAccount("approver3", "決裁 五郎", Role.APPROVER, _INSIDE),
    # the second handler of child care, and whoever signs after the first approver of long-term care
    StaffAccount("handler4", "審査 七海", Role.HANDLER, ("kosodate",)),
    StaffAccount("approver4", "決裁 八重", Role.APPROVER, ("kaigo",)),
    StaffAccount("admin", "管理 五月", Role.ADMINISTRATOR),
    StaffAccount("auditor", "監査 六花", Role.AUDITOR),
    # residents with an office: no department, and of the staff's pages only the circulars of their district
    StaffAccount("head1", "会長 七郎", Role.DISTRICT_HEAD),
    StaffAccount("head2", "会長 八千代", Role.DISTRICT_HEAD),
)


def load_staff() -> list[User]:
    """Make the staff accounts with a verified address and a TOTP device. Running it again changes nothing."""
    departments = {department.code: department for department in Department.objects.all()}
    return [_staff_user(account, departments) for account in STAFF]


def load_parents() -> None:
    """Give three of four parents of small children an account, whose notices reach them; nobody signs in with it.

    Without a password, and not on the page of the demo's people. Running it again changes nothing.
    """
    children = Resident.objects.living_here().filter(birth_date__gt=_SMALL_SINCE, household__isnull=False)
    homes = list(dict.fromkeys(children.order_by("household_id").values_list("household_id", flat=True)))
    for place, home in enumerate(homes[:_MOST_PARENTS]):
        parent = Resident.objects.living_here().filter(household_id=home, relationship="世帯主", user=None).first()
        if parent is None or place % 4 == 0:
            continue
        user, _is_new = User.objects.get_or_create(
            email=f"parent{parent.pk}@example.jp",
            defaults={"name": parent.full_name, "password": make_password(None), "email_verified_at": timezone.now()},
        )
        Resident.objects.filter(pk=parent.pk).update(user=user)


def load_residents() -> list[Resident]:
    """Give the heads of the known households an account, a telephone, and (but one) consent to digital notices."""
    heads: list[Resident] = []
    number = 1
    for place, family in enumerate(KNOWN_FAMILIES, start=1):
        external = ExternalId.objects.filter(kind=ExternalIdKind.RESIDENT_NUMBER, value=f"{number:010d}")
        found = external.select_related("resident__user").first()
        if found is not None:
            heads.append(_open_account(found.resident, place))
        number += len(family)
    return heads


def _open_account(resident: Resident, place: int) -> Resident:
    user = _user(f"resident{place:02d}@example.jp", resident.full_name, is_staff=False)
    if resident.user_id is None:
        resident.user = user
        # 0x0-0000-xxxx is given to nobody
        resident.phone, resident.phone_entered = f"+8142800{place:04d}", f"0428-00-{place:04d}"
        resident.save(update_fields=["user", "phone", "phone_entered"])
    if place != KEEPS_PAPER:
        consents.give(resident=resident, kind=ConsentKind.DIGITAL_NOTICE, text_version="2026-04", by=user)
    return resident


def _staff_user(account: StaffAccount, departments: dict[str, Department]) -> User:
    user = _user(account.email, account.name, is_staff=True)
    for code in account.departments or (None,):
        StaffRole.objects.get_or_create(
            user=user, role=account.role, department=departments[code] if code else None, active_from=_SINCE
        )
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, TOTP_SECRET)
    return user


def _user(email: str, name: str, *, is_staff: bool) -> User:
    now = timezone.now()
    user, is_new = User.objects.get_or_create(
        email=email,
        defaults={"name": name.replace("\u3000", " "), "is_staff": is_staff, "email_verified_at": now},
    )
    if is_new:
        user.password = make_password(PASSWORD)
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user
