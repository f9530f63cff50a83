"""A letter that is no notice: its text is being written, nobody gets it, and it says so itself."""

import copy
import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.days import local_date
from cityhall.models import Department
from cityhall.queries.city import municipality
from notices.models import Notice
from notices.texts import NoticeText
from notices.typesetting.letters import decision_letter

SAMPLE_NUMBER = "0000000000"


def sample_letter(text: NoticeText, *, department: Department, now: dt.datetime | None = None) -> bytes:
    """The unsigned PDF of a text, without the city's seal and an address. Keeps nothing. Raises GlyphMissing."""
    moment = now or timezone.now()
    city = copy.copy(municipality())
    city.seal_image = None
    notice = Notice(
        number=SAMPLE_NUMBER,
        document_number=_("見本"),
        department=department,
        recipient_name=_("見本"),
        title=_("【見本】%(title)s") % {"title": text.title},
        body=text.body,
        particulars=text.particulars,
        appeal_text=text.appeal_text,
        issued_on=local_date(moment),
        created_at=moment,
    )
    return decision_letter(notice, city=city)
