"""The homes a circular goes to: who joins, what the head writes down, and the tablets on their walls."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.db import violated
from cityhall.enums import AuditAction, DeviceKind
from cityhall.errors import DomainError
from cityhall.models import Device, User
from cityhall.services import audit, devices
from cityhall.text import clean_text
from notices.models import CircularHome, District
from notices.queries.circulars import districts_to_join
from residents.models import Resident

_DEVICE_NAME_LENGTH = 60


class NotYourDistrict(DomainError):
    """The district is not where this person lives."""

    code = "not_your_district"
    message = _("お住まいの町の自治会ではないため、登録できません。自治会長にお問い合わせください。")


class AlreadyJoined(DomainError):
    """Another member of the household was faster."""

    code = "home_already_joined"
    message = _("この世帯は、すでにこの自治会の回覧板に登録されています。")


@dataclass(frozen=True)
class HomeFields:
    """What the head writes down of a home."""

    name: str
    section: str = ""
    wants_paper: bool = False
    position: int = 0


def join(*, district: District, resident: Resident, name: str, by: User) -> CircularHome:
    """Put a resident's household into a district of the town they live in, under the name they choose; audited.

    Everybody of the household who signs in then reads for this home. Raises NotYourDistrict, AlreadyJoined.
    """
    if district not in districts_to_join(resident):
        joined = CircularHome.objects.filter(district=district, household=resident.household_id, ended_at__isnull=True)
        raise AlreadyJoined if resident.household_id and joined.exists() else NotYourDistrict
    try:
        with transaction.atomic():
            home = CircularHome.objects.create(district=district, household=resident.household, name=clean_text(name))
            _record(home, AuditAction.CREATE, by, "joined")
    except IntegrityError as error:
        if violated(error) != "circular_home_household_once":
            raise
        raise AlreadyJoined from None
    return home


def leave(home: CircularHome, *, by: User, now: dt.datetime | None = None) -> None:
    """A household wants the circular no longer. What it has read stays on record."""
    end_home(home, by=by, now=now)


def add_home(*, district: District, fields: HomeFields, by: User, request_key: str) -> CircularHome:
    """A home without an account, written down by the head: it reads on paper or on its tablet; audited.

    The same name from the same form (`request_key`) is the same home, however often it is sent.
    """
    same = {"request_key": request_key, "district": district, "section": fields.section, "name": fields.name}
    with transaction.atomic():
        rest = {"wants_paper": fields.wants_paper, "position": fields.position}
        home, is_new = CircularHome.objects.get_or_create(**same, defaults=rest)
        if is_new:
            _record(home, AuditAction.CREATE, by)
    if not is_new and home.ended_at is None:
        change_home(home, fields=fields, by=by)
    return home


def change_home(home: CircularHome, *, fields: HomeFields, by: User) -> None:
    """Name, section, order and paper of a home; audited by the names of what changed."""
    new = asdict(fields)
    changed = [name for name, value in new.items() if getattr(home, name) != value]
    if not changed:
        return
    with transaction.atomic():
        CircularHome.objects.filter(pk=home.pk).update(**new)
        _record(home, AuditAction.CHANGE, by, changed=changed)
    home.refresh_from_db()


def end_home(home: CircularHome, *, by: User, now: dt.datetime | None = None) -> None:
    """The home is out of the round, and its tablet shows nothing any more; audited. Twice is once."""
    with transaction.atomic():
        if not CircularHome.objects.filter(pk=home.pk, ended_at__isnull=True).update(ended_at=now or timezone.now()):
            return
        if home.device is not None:
            devices.revoke(home.device, by=by, now=now)
        _record(home, AuditAction.STATE, by, "ended")
    home.refresh_from_db()


def new_tablet_code(home: CircularHome, *, by: User, now: dt.datetime | None = None) -> tuple[Device, str]:
    """The tablet of a home and a code to pair it with, for ten minutes; the tablet paired before ends with it."""
    with transaction.atomic():
        device = home.device
        if device is None or device.revoked_at is not None:
            # two districts may have a home of the same name
            name = f"{home.name}（{home.district.name}）"[:_DEVICE_NAME_LENGTH]
            device = devices.create(kind=DeviceKind.HOUSEHOLD, name=name, department=None, by=by)
            CircularHome.objects.filter(pk=home.pk).update(device=device)
        code = devices.new_pairing_code(device, by=by, now=now)
    home.refresh_from_db()
    return device, code


def disconnect_tablet(home: CircularHome, *, by: User, now: dt.datetime | None = None) -> None:
    """The tablet was lost or given back: it shows nothing any more."""
    if home.device is None:
        return
    with transaction.atomic():
        devices.revoke(home.device, by=by, now=now)
        CircularHome.objects.filter(pk=home.pk).update(device=None)
    home.refresh_from_db()


def _record(
    home: CircularHome, action: AuditAction, by: User, detail: str = "", *, changed: list[str] | None = None
) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="notices.circularhome",
        target_id=home.public_id,
        target_label=home.name,
        detail=detail,
        changed_fields=changed or (),
    )
