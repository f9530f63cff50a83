"""People whom a full file no longer names: they have moved away or died, and nobody told us of the day."""

import datetime as dt
from typing import Final

from django.utils.translation import gettext as _

from residents.enums import ResidentSource
from residents.errors import RegisterFileRefused
from residents.models import RegisterImport, Resident
from residents.models.resident import ResidentQuerySet

_FEW: Final = 20
_SHARE: Final = 20
"""A file may leave out one in twenty: more is a file cut short, not a city moving away."""


def count_absent(run: RegisterImport) -> int:
    """How many people a checked full file leaves out. Raises RegisterFileRefused when it is too many to be true."""
    living = _living().count()
    absent = living - run.present
    if absent > _FEW and absent * _SHARE > living and not run.accepts_missing:
        message = _(
            "台帳にいる %(living)d 人のうち %(absent)d 人がこのファイルにありません。全件のファイルか確認してください。"
            "正しいときは「多数の消除を認める」を選んでください。"
        )
        raise RegisterFileRefused(message % {"living": living, "absent": absent})
    return absent


def next_absent(run: RegisterImport, limit: int) -> list[int]:
    """The first people living here whom this import did not name."""
    return list(_living().exclude(register_import=run).order_by("pk").values_list("pk", flat=True)[:limit])


def end_absent(run: RegisterImport, pks: list[int], now: dt.datetime) -> None:
    """Let them have left on the day of the data."""
    Resident.objects.filter(pk__in=pks).update(
        moved_out_on=run.as_of, register_as_of=run.as_of, register_import=run, updated_at=now
    )


def _living() -> ResidentQuerySet:
    return Resident.objects.living_here().filter(source=ResidentSource.REGISTER)
