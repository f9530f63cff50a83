"""Opening a draw, entering it, taking an entry back, and calling it off."""

import datetime as dt
import secrets
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.crypto import encrypt
from cityhall.db import violated
from cityhall.enums import AuditAction, Lane
from cityhall.errors import StaleState
from cityhall.links import link_secret
from cityhall.models import User
from cityhall.references import new_number
from reservations import drawing
from reservations.contacts import ContactData, columns_of
from reservations.enums import DrawState, Release, SupplyKind, WishState
from reservations.errors import AlreadyWished, NotBookable, WishesClosed
from reservations.models import Draw, DrawChoice, DrawWish, Service, Slot
from reservations.queries import draws
from reservations.services.draws.telling import record, tell
from reservations.services.limits import folded
from reservations.services.visits import refuse_guests

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
        record(draw, AuditAction.CREATE, by)
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
            if not draws.is_open(locked(draw), moment):
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
            tell(wish, _("抽選の申込を受け付けました"), "reservations/mail/draw_entered.txt", lane=Lane.SINGLE)
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
        if not draws.is_open(locked(wish.draw), now):
            raise WishesClosed
        if not DrawWish.objects.filter(pk=wish.pk, state=WishState.OPEN).update(state=WishState.WITHDRAWN):
            raise StaleState


def cancel_draw(*, draw: Draw, by: User, now: dt.datetime | None = None) -> None:
    """Call a draw off before it is drawn; everybody who entered is told. Audited. Raises StaleState."""
    with transaction.atomic():
        if not Draw.objects.filter(pk=draw.pk, state=DrawState.COLLECTING).update(state=DrawState.CANCELLED):
            raise StaleState
        for wish in draw.wishes.filter(state=WishState.OPEN).select_related("draw__place", "resident", "service"):
            tell(wish, _("抽選の中止のお知らせ"), "reservations/mail/draw_cancelled.txt")
        record(draw, AuditAction.STATE, by)


def locked(draw: Draw) -> Draw:
    """The draw as it is, held until the transaction ends."""
    return Draw.objects.select_related("group", "place").select_for_update(of=("self",)).get(pk=draw.pk)


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
