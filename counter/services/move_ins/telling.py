"""The mail with the link by which a family completes what the portal did not ask."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from cityhall.queries.city import municipality
from counter.models import MoveIn
from counter.moving_in.notices import Notice
from counter.moving_in.sealing import mark_of_text
from counter.services.prefills.keeping import last_day_of
from counter.token_seal import MAIL, sealed
from notices.services.mail import queue_mail

_PAUSE: Final = dt.timedelta(minutes=10)


def send_link(move_in: MoveIn, token: str, notice: Notice, *, now: dt.datetime) -> bool:
    """Put the mail into the outbox, encrypted there and wiped once sent; whether it was. Once for each address.

    No name and no address of a home stands in it. Without a mail address nothing is sent: staff print the sheet.
    """
    mark = mark_of_text(notice.email.casefold())
    if not mark:
        return False
    return _send(move_in, token, notice.email, MoveIn.objects.exclude(mail_mark=mark), now=now)


def send_link_again(move_in: MoveIn, token: str, email: str, *, now: dt.datetime) -> bool:
    """The same mail once more because staff ask for it; whether it was sent. Once in ten minutes."""
    just_sent = Q(link_sent_at__gt=now - _PAUSE)
    return _send(move_in, token, email, MoveIn.objects.exclude(just_sent), now=now)


def _send(move_in: MoveIn, token: str, email: str, unsent: QuerySet[MoveIn], *, now: dt.datetime) -> bool:
    """Send to who is among these still; the mark and the mail in one transaction."""
    body = render_to_string("counter/mail/move_in.txt", _facts(move_in, token))
    city = municipality().name
    mark = mark_of_text(email.casefold())
    with transaction.atomic():
        if not unsent.filter(pk=move_in.pk).update(mail_mark=mark, link_sent_at=now):
            return False
        subject = _("【%(city)s】転入の手続：残りの質問への回答のお願い") % {"city": city}
        queue_mail(to=email, subject=subject, body=body, sensitive=True)
    return True


def link_of(token: str) -> str:
    """The address that opens the prefill: 130 random bits and a mark no QR carries, good as long as the prefill."""
    return f"{settings.SITE_URL}{reverse('counter:home_open', args=[sealed(token, MAIL)])}"


def _facts(move_in: MoveIn, token: str) -> dict[str, object]:
    prefill = move_in.prefill
    return {
        "city": municipality(),
        "link": link_of(token),
        "reservation": prefill.reservation,
        "wished_on": move_in.wished_on,
        "last_day": last_day_of(prefill),
    }
