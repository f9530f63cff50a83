"""A letter that is no notice: its text is being written, nobody gets it, and it says so itself."""

import copy
import datetime as dt
from dataclasses import asdict

from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.days import local_date
from cityhall.models import Department
from cityhall.queries.city import municipality
from notices.models import Notice, NoticeTypeVersion
from notices.samples import Addressee
from notices.texts import NoticeText
from notices.typesetting.letters import decision_letter

SAMPLE_NUMBER = "0000000000"
_BUTTON = ("action_kind", "action_target", "action_label")


def sample_notice(
    text: NoticeText,
    *,
    department: Department,
    version: NoticeTypeVersion | None = None,
    to: Addressee | None = None,
    now: dt.datetime | None = None,
) -> Notice:
    """A notice that is never kept, with the button of the version; without `to` it has no address."""
    to = to or Addressee()
    moment = now or timezone.now()
    button = {name: getattr(version, name) for name in _BUTTON} if version else {}
    return Notice(
        number=SAMPLE_NUMBER,
        document_number=_("見本"),
        department=department,
        recipient_name=to.name or _("見本"),
        recipient_postal_code=to.postal_code,
        recipient_address=to.address,
        recipient_building=to.building,
        **{**asdict(text), "title": _("【見本】%(title)s") % {"title": text.title}},
        **button,
        issued_on=local_date(moment),
        created_at=moment,
        is_practice=True,
    )


def sample_letter(
    text: NoticeText,
    *,
    department: Department,
    version: NoticeTypeVersion | None = None,
    to: Addressee | None = None,
    now: dt.datetime | None = None,
) -> bytes:
    """The unsigned PDF of a text, marked as a sample, without the city's seal. Keeps nothing. Raises GlyphMissing."""
    city = copy.copy(municipality())
    city.seal_image = None
    return decision_letter(sample_notice(text, department=department, version=version, to=to, now=now), city=city)
