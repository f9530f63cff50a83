"""What people are told of a draw, the link of an entry, and the audit trail."""

from django.conf import settings
from django.template.loader import render_to_string

from cityhall.enums import AuditAction, Lane
from cityhall.links import is_link_secret, link_secret
from cityhall.models import User
from cityhall.references import format_number
from cityhall.services import audit
from notices.services.mail import queue_mail
from reservations.models import Draw, DrawWish
from residents.queries import mail_address_of

_PURPOSE = "draw-wish"


def secret_of(wish: DrawWish) -> str:
    """What opens the page of an entry."""
    return link_secret(_PURPOSE, wish.public_id, wish.secret_version)


def is_secret_of(wish: DrawWish, secret: str) -> bool:
    """Whether a secret from outside is the one in force."""
    return is_link_secret(secret, _PURPOSE, wish.public_id, wish.secret_version)


def tell(wish: DrawWish, subject: str, template: str, *, waits: bool = False, lane: Lane = Lane.BULK) -> None:
    """A mail in the transaction it tells of; who gave a telephone only is called by staff.

    What a draw ends in is told to everybody at once, and never stands before a booking or a code.
    """
    address = wish.email or (mail_address_of(wish.resident) if wish.resident else "")
    if not address:
        return
    url = f"{settings.SITE_URL}/draws/wishes/{wish.public_id}/{secret_of(wish)}/"
    context = {"wish": wish, "number": format_number(wish.number), "url": url, "waits": waits}
    queue_mail(to=address, subject=subject, body=render_to_string(template, context), sensitive=True, lane=lane)


def record(draw: Draw, action: AuditAction, by: User | None, *, detail: str = "") -> None:
    """Note what was done with a draw."""
    audit.record(
        action=action,
        actor=by,
        target_type="reservations.draw",
        target_id=draw.pk,
        target_label=draw.title,
        detail=detail,
    )
