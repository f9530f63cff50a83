"""The code of a prefill by mail, when its maker asks for it."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from cityhall.queries.city import municipality
from counter import codes
from notices.services.mail import queue_mail
from reservations.models import Reservation


def send_code(email: str, *, token: str, last_day: dt.date, booking: Reservation | None = None) -> None:
    """Put one mail with the ten digits into the outbox; its text is encrypted there and wiped once it was sent.

    Beside them stand day, time and place of a booking, and nothing else: what one brings would tell what for. The
    digits open nothing but at a desk. The address is kept nowhere: a booking that is moved is told of by its own mail.
    """
    city = municipality()
    body = render_to_string(
        "counter/mail/prefill.txt",
        {
            "city": city,
            "spoken": codes.written(codes.spoken_code(token)),
            "last_day": last_day,
            "booking": booking,
            "url": f"{settings.SITE_URL}{reverse('counter:home_start')}",
        },
    )
    queue_mail(
        to=email, subject=_("【%(city)s】窓口でお伝えいただく番号") % {"city": city.name}, body=body, sensitive=True
    )
