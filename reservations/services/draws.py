"""抽選: opening one, entering, drawing. The drawing itself is `reservations.drawing`, which knows no database."""

import datetime as dt
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.crypto import decrypt, encrypt
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.links import is_link_secret, link_secret
from cityhall.models import User
from cityhall.references import format_number, new_number
from cityhall.services import audit
from notices.services.mail import queue_mail
from reservations import drawing
from reservations.contacts import ContactData, columns_of, contact_of
from reservations.enums import DrawState, Release, ReservationChannel, SupplyKind, WishState
from reservations.errors import AlreadyWished, DrawNotOver, NotBookable, WishesClosed
from reservations.models import Draw, DrawChoice, DrawWish, Service, Slot
from reservations.queries import draws
from reservations.services import bookings, waitlist
from reservations.services.limits import folded
from reservations.services.slots import lock_slots
from reservations.services.visits import refuse_guests
from residents.queries import mail_address_of

log = logging.getLogger(__name__)
_PURPOSE = "draw-wish"
_PERSON = "draw-person"
_ONCE = "wish_once_each"
_SAME_REQUEST = "reservations_drawwish_request_key_key"


def open_draw(*, draw: Draw, by: User | None) -> Draw:
    """Store a new draw with its seed: the hash is public from now on, the seed only after the draw. Audited.

    Raises NotBookable for a group that is not released by a draw, and for counters: their visits may need several
    slots in a row, and one place is drawn for one slot.
    """
    if draw.group.release != Release.DRAW or draw.group.kind == SupplyKind.COUNTER:
        raise NotBookable
    seed = secrets.token_hex(32)
    draw.seed_hash = drawing.seed_hash(seed)
    draw.sealed_seed = encrypt(seed).encode()
    with transaction.atomic():
        draw.save(force_insert=True)
        _record(draw, AuditAction.CREATE, by)
    return draw


def enter(
    *,
    draw: Draw,
    service: Service,
    slots: Sequence[Slot],
    contact: ContactData,
    request_key: str,
    people: int = 1,
    joins_waitlist: bool = True,
    now: dt.datetime | None = None,
) -> DrawWish:
    """One entry for one person; a mail confirms it with the number that is published. The same request is one entry.

    Raises WishesClosed, AccountNeeded, NotBookable for what is not drawn, AlreadyWished for a second entry of a person.
    """
    moment = now or timezone.now()
    if earlier := DrawWish.objects.filter(request_key=request_key, draw=draw).first():
        return earlier
    if not draws.is_open(draw, moment):
        raise WishesClosed
    refuse_guests(draw.group, by=None, is_known=contact.resident is not None)
    _refuse_unfit(draw, service, slots, people)
    try:
        with transaction.atomic():
            # whoever draws waits for this entry, or this one finds it drawn: the published list is complete
            if not draws.is_open(_locked(draw), moment):
                raise WishesClosed
            wish = DrawWish.objects.create(
                draw=draw,
                service=service,
                request_key=request_key,
                number=new_number(),
                person_key=_person_key(draw, contact),
                people=people,
                joins_waitlist=joins_waitlist,
                **columns_of(contact),
            )
            DrawChoice.objects.bulk_create(
                DrawChoice(wish=wish, slot=slot, position=number) for number, slot in enumerate(slots, start=1)
            )
            _tell(wish, _("抽選の申込を受け付けました"), "reservations/mail/draw_entered.txt")
    except IntegrityError as error:
        if violated(error) == _SAME_REQUEST:
            return DrawWish.objects.get(request_key=request_key)
        if violated(error) == _ONCE:
            raise AlreadyWished from None
        raise
    return wish


def withdraw(*, wish: DrawWish, now: dt.datetime | None = None) -> None:
    """Take an entry back while wishes are open; then the person may enter again. Raises WishesClosed, StaleState."""
    with transaction.atomic():
        if not draws.is_open(_locked(wish.draw), now):
            raise WishesClosed
        if not DrawWish.objects.filter(pk=wish.pk, state=WishState.OPEN).update(state=WishState.WITHDRAWN):
            raise StaleState


@dataclass(frozen=True)
class Drawn:
    """How many won and lost."""

    won: int
    lost: int


def run(*, draw: Draw, by: User | None = None, now: dt.datetime | None = None) -> Drawn:
    """Draw, book the winners, tell everybody, open what is left: one transaction, so a crash leaves nothing half drawn.

    Drawing again gives the same winners: seed and list are fixed. Raises DrawNotOver before the end of the wishes,
    StaleState when it was drawn. Locks the draw and its slots in the order of their ids.
    """
    moment = now or timezone.now()
    if moment < draw.wishes_until:
        raise DrawNotOver
    with transaction.atomic():
        locked = _locked(draw)
        if locked.state != DrawState.COLLECTING:
            raise StaleState
        seed = decrypt(bytes(locked.sealed_seed).decode())
        slots = {draws.key_of(slot): slot for slot in lock_slots([slot.pk for slot in draws.slots_of(locked)])}
        entries, room = draws.entries_of(locked), draws.room_in(locked, slots.values(), moment)
        _publish(locked, seed, drawing.list_text(entries, room), now=moment)
        # from here on the slots may be booked; the transaction keeps everybody else out until the winners have theirs
        Slot.objects.filter(pk__in=[slot.pk for slot in slots.values()]).update(opens_at=moment)
        won = drawing.allot(entries, room, seed)
        wishes = {wish.number: wish for wish in locked.wishes.select_related("service", "resident", "draw__group")}
        for rank, (number, key) in enumerate(won.items(), start=1):
            _settle(wishes[number], rank, slots[key] if key is not None else None, now=moment)
        _record(locked, AuditAction.STATE, by)
    winners = sum(key is not None for key in won.values())
    return Drawn(won=winners, lost=len(won) - winners)


def run_due(*, now: dt.datetime | None = None) -> int:
    """Draw everything whose wishes have ended; the number of draws. One that cannot be drawn does not stop the next."""
    moment = now or timezone.now()
    due = Draw.objects.filter(state=DrawState.COLLECTING, wishes_until__lte=moment).select_related("group", "place")
    drawn = 0
    for draw in due:
        try:
            run(draw=draw, now=moment)
        except DomainError as error:
            log.warning("draw not drawn", extra={"id": draw.pk, "reason": error.code})
        else:
            drawn += 1
    return drawn


def cancel_draw(*, draw: Draw, by: User, now: dt.datetime | None = None) -> None:
    """Call a draw off before it is drawn; everybody who entered is told. Audited. Raises StaleState."""
    with transaction.atomic():
        if not Draw.objects.filter(pk=draw.pk, state=DrawState.COLLECTING).update(state=DrawState.CANCELLED):
            raise StaleState
        for wish in draw.wishes.filter(state=WishState.OPEN).select_related("draw__place", "resident", "service"):
            _tell(wish, _("抽選の中止のお知らせ"), "reservations/mail/draw_cancelled.txt")
        _record(draw, AuditAction.STATE, by)


def secret_of(wish: DrawWish) -> str:
    """What opens the page of an entry."""
    return link_secret(_PURPOSE, wish.public_id, wish.secret_version)


def is_secret_of(wish: DrawWish, secret: str) -> bool:
    """Whether a secret from outside is the one in force."""
    return is_link_secret(secret, _PURPOSE, wish.public_id, wish.secret_version)


def _locked(draw: Draw) -> Draw:
    """The draw as it is, held until the transaction ends."""
    return Draw.objects.select_related("group", "place").select_for_update(of=("self",)).get(pk=draw.pk)


def _publish(draw: Draw, seed: str, text: str, *, now: dt.datetime) -> None:
    result = {"seed": seed, "published_list": text, "wishes_hash": drawing.list_hash(text), "drawn_at": now}
    Draw.objects.filter(pk=draw.pk).update(state=DrawState.DRAWN, **result)


def _refuse_unfit(draw: Draw, service: Service, slots: Sequence[Slot], people: int) -> None:
    ids = {slot.pk for slot in slots}
    drawn = draws.slots_of(draw).filter(pk__in=ids).count()
    fits = service.group_id == draw.group_id and 1 <= people <= draw.group.max_people
    if not fits or not ids or drawn != len(ids) or len(slots) != len(ids) or len(ids) > draw.max_choices:
        raise NotBookable


def _person_key(draw: Draw, contact: ContactData) -> str:
    """Who it is, without saying it: an account, else the mailbox, else the telephone."""
    if contact.resident is not None:
        person = f"resident:{contact.resident.pk}"
    else:
        person = folded(contact.email) if contact.email else contact.phone
    return link_secret(_PERSON, f"{draw.pk}:{person}", 1)


def _settle(wish: DrawWish, rank: int, slot: Slot | None, *, now: dt.datetime) -> None:
    if slot is None:
        DrawWish.objects.filter(pk=wish.pk).update(state=WishState.LOST, rank=rank)
        _console(wish, now)
        return
    booked = bookings.book(
        group=wish.draw.group,
        place=slot.place,
        service=wish.service,
        slots=[slot],
        contact=contact_of(wish),
        request_key=f"draw-{wish.public_id}",
        people=wish.people,
        channel=ReservationChannel.DRAW,
        now=now,
    )
    DrawWish.objects.filter(pk=wish.pk).update(state=WishState.WON, rank=rank, reservation=booked.reservation)


def _console(wish: DrawWish, now: dt.datetime) -> None:
    """Who went empty is told, and waits for what is given back when they said so, in the drawn order."""
    draw = wish.draw
    waits = wish.joins_waitlist and draw.group.has_waiting_list and draw.until_day >= timezone.localdate(now)
    if waits:
        waits = _joins(wish, now)
    _tell(wish, _("抽選の結果のお知らせ"), "reservations/mail/draw_lost.txt", waits=waits)


def _joins(wish: DrawWish, now: dt.datetime) -> bool:
    """Whether the person waits from now on: who waits already as often as one may, goes on waiting there."""
    draw = wish.draw
    try:
        waitlist.join(
            group=draw.group,
            place=draw.place,
            service=wish.service,
            from_day=max(draw.from_day, timezone.localdate(now)),
            until_day=draw.until_day,
            contact=contact_of(wish),
            request_key=f"draw-{wish.public_id}",
            people=wish.people,
            now=now,
        )
    except DomainError:
        return False
    return True


def _tell(wish: DrawWish, subject: str, template: str, *, waits: bool = False) -> None:
    """A mail in the transaction it tells of; who gave a telephone only is called by staff."""
    address = wish.email or (mail_address_of(wish.resident) if wish.resident else "")
    if not address:
        return
    url = f"{settings.SITE_URL}/draws/wishes/{wish.public_id}/{secret_of(wish)}/"
    context = {"wish": wish, "number": format_number(wish.number), "url": url, "waits": waits}
    queue_mail(to=address, subject=subject, body=render_to_string(template, context), sensitive=True)


def _record(draw: Draw, action: AuditAction, by: User | None) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="reservations.draw",
        target_id=draw.pk,
        target_label=draw.title,
    )
