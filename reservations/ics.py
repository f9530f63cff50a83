"""One reservation for a calendar (RFC 5545). The UID stays, SEQUENCE rises: a changed file moves the entry."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.references import format_number
from reservations.enums import ReservationState
from reservations.models import Reservation

_LINE_BYTES = 75


def ics_of(reservation: Reservation, *, url: str = "", now: dt.datetime | None = None) -> str:
    """The text of the file; `url` is a page of it that may stand in somebody's calendar, or nothing.

    It tells of no secret: calendars are shared. Times are in UTC, which every calendar shows in its own zone.
    """
    place = reservation.place
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Frontyard//Reservations//JA",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{reservation.public_id}@{urlsplit(settings.SITE_URL).hostname}",
        f"SEQUENCE:{reservation.revision}",
        f"DTSTAMP:{_utc(now or timezone.now())}",
        f"DTSTART:{_utc(reservation.starts_at)}",
        f"DTEND:{_utc(reservation.ends_at)}",
        f"SUMMARY:{_text(reservation.service.name)}",
        f"LOCATION:{_text(' '.join(part for part in (place.name, place.address) if part))}",
        f"DESCRIPTION:{_text(_description(reservation))}",
        f"STATUS:{'CANCELLED' if reservation.state == ReservationState.CANCELLED else 'CONFIRMED'}",
        *([f"URL:{url}"] if url else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _description(reservation: Reservation) -> str:
    number = format_number(reservation.number) if reservation.number else ""
    return _("予約番号: %(number)s") % {"number": number}


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """A text value: what has a meaning of its own there is escaped, and control characters are left out."""
    text = text.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    text = text.replace("\r\n", "\n").replace("\n", r"\n")
    return "".join(mark for mark in text if mark >= " ")


def _folded(line: str) -> str:
    """Lines of at most 75 bytes; a character is never cut in two."""
    parts, length = [""], 0
    for mark in line:
        size = len(mark.encode())
        if length + size > _LINE_BYTES:
            parts.append(" ")
            length = 1
        parts[-1] += mark
        length += size
    return "\r\n".join(parts)
