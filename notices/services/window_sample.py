"""An address sheet to lay into the city's envelopes: nobody's address, the edge of the window drawn."""

from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.days import today
from cityhall.models import Department
from cityhall.queries.city import municipality
from notices.models import Notice
from notices.services.postage import post_settings
from notices.services.samples import SAMPLE_NUMBER
from notices.typesetting.letters import Window, cover_sheet


def window_sample(*, department: Department) -> bytes:
    """The PDF, with an address as long as they get. Keeps nothing."""
    city = municipality()
    place = f"{city.prefecture}{city.name}"
    notice = Notice(
        number=SAMPLE_NUMBER,
        department=department,
        recipient_name=_("見本　長い名前の　住民"),
        recipient_postal_code=city.postal_code,
        recipient_address=_("%(place)s大字見本町字見本台三丁目1234番地の56") % {"place": place},
        recipient_street="三丁目1234番地の56",
        recipient_building=_("コーポラティブハウス見本ヶ丘ガーデンテラス弐番館1203号室"),
        issued_on=today(),
        created_at=timezone.now(),
    )
    return cover_sheet(notice, city=city, window=Window.of(post_settings()), shows_window=True)
