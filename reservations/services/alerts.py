"""Telling people on their way round the block that their turn is near."""

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.days import local_date
from cityhall.errors import StaleState
from notices.services.mail import queue_mail
from reservations.enums import TicketEventKind, TicketState
from reservations.models import Place, ServiceGroup, Ticket, TicketEvent
from reservations.queries import queue


def ask_for(*, ticket: Ticket, email: str) -> None:
    """Remember where to send the one mail. Raises StaleState when the ticket does not wait any more."""
    waiting = Ticket.objects.filter(pk=ticket.pk, state=TicketState.WAITING, alerted_at__isnull=True)
    if not waiting.update(alert_email=email):
        raise StaleState


def alert_near(*, now: dt.datetime | None = None) -> int:
    """Queue a mail to everybody whose turn is near; each ticket once. The number of mails.

    Each line is put in order once, however many of it asked.
    """
    moment = now or timezone.now()
    rows = Ticket.objects.filter(
        business_day=local_date(moment), state=TicketState.WAITING, alerted_at__isnull=True, is_practice=False
    ).exclude(alert_email="")
    lines: dict[tuple[Place, ServiceGroup], list[Ticket]] = defaultdict(list)
    for row in rows.select_related("place", "service", "group"):
        lines[row.place, row.group].append(row)
    return sum(_alert(ticket, moment) for line in lines.items() for ticket in _near(*line, moment))


def _near(line: tuple[Place, ServiceGroup], tickets: list[Ticket], now: dt.datetime) -> list[Ticket]:
    ahead = queue.aheads(*line, tickets, now)
    return [ticket for ticket in tickets if ahead[ticket.pk] <= queue.NEAR]


def _alert(ticket: Ticket, now: dt.datetime) -> int:
    """The mark first: killed in between, the transaction leaves neither mark nor mail."""
    with transaction.atomic():
        fresh = Ticket.objects.filter(pk=ticket.pk, alerted_at__isnull=True, state=TicketState.WAITING)
        if not fresh.update(alerted_at=now, alert_email=""):
            return 0
        address = settings.SITE_URL + reverse("reservations:ticket", args=[ticket.public_id])
        queue_mail(
            to=ticket.alert_email,
            subject=_("まもなく順番です（番号札 %(label)s）") % {"label": ticket.label},
            body=render_to_string("reservations/mail/ticket_near.txt", {"ticket": ticket, "address": address}),
            # the address of the ticket lets anybody give it up
            sensitive=True,
            now=now,
        )
        TicketEvent.objects.create(ticket=ticket, kind=TicketEventKind.ALERTED, at=now)
    return 1
