"""The one-stop desk: 市民課 receives what the departments behind it decide."""

import datetime as dt

from applications.models import Procedure
from cityhall.enums import GrantedRightKind
from cityhall.models import Department, GrantedRight

DESK = "shimin"
SINCE = dt.date(2026, 4, 1)
RECEIVED = (
    "hitorioya-iryohi",
    "jido-teate-gaku-kaitei",
    "jido-teate-mishiharai",
    "jido-teate-nintei",
    "kaigo-jusho-iten",
    "kodomo-iryohi",
    "kogaku-kaigo",
    "kokuho-kanyu",
    "kokuho-soshitsu",
    "okuyami",
    "shugaku-enjo",
)
"""What belongs to moving in, to a birth and to a death, in the words of the catalogue's guides."""


def load_one_stop() -> None:
    """Let the desk receive it. Running it again changes nothing."""
    desk = Department.objects.get(code=DESK)
    for procedure in Procedure.objects.filter(key__in=RECEIVED).exclude(department=desk).select_related("department"):
        GrantedRight.objects.get_or_create(
            from_department=procedure.department,
            to_department=desk,
            kind=GrantedRightKind.RECEPTION,
            procedure_key=procedure.key,
            defaults={"active_from": SINCE},
        )
