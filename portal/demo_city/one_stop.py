"""The one-stop desk: 市民課 receives what the departments behind it decide."""

import datetime as dt

from applications.models import Procedure
from cityhall.enums import Role
from cityhall.models import Department, User
from cityhall.services.granting import grant_reception
from portal.demo_city.accounts import STAFF

ADMINISTRATOR = next(account for account in STAFF if account.role == Role.ADMINISTRATOR)
DESK = "shimin"
SINCE = dt.date(2026, 4, 1)
RECEIVED = (
    "hitorioya-iryohi",
    "jido-teate-gaku-kaitei",
    "jido-teate-mishiharai",
    "jido-teate-nintei",
    "kaigo-jusho-iten",
    "kazei-shomei",
    "kodomo-iryohi",
    "kogaku-kaigo",
    "kokuho-kanyu",
    "kokuho-soshitsu",
    "okuyami",
    "shugaku-enjo",
)
"""What belongs to moving in, to a birth and to a death, in the words of the catalogue's guides; certificates."""


def load_one_stop() -> None:
    """Let the desk receive all that their departments offer. Running it again changes nothing."""
    desk = Department.objects.get(code=DESK)
    owners = Procedure.objects.filter(key__in=RECEIVED).values("department")
    grant_reception(
        to_department=desk,
        from_departments=list(Department.objects.filter(pk__in=owners).exclude(pk=desk.pk)),
        active_from=SINCE,
        by=User.objects.get(email=ADMINISTRATOR.email),
    )
