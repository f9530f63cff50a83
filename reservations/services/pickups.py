"""Certificates ordered beforehand: ordered → ready → handed over; or unclaimed, or cancelled.

Every move is one conditional update on (state, revision) with its mail in the same transaction: of two clerks who
press at once one is told that the order has moved.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from cityhall.days import local_date
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.queries.city import municipality
from cityhall.references import format_number, new_number
from cityhall.services import audit
from notices.services.mail import queue_mail
from reservations.contacts import ContactData, columns_of
from reservations.enums import PickupState, ReservationChannel
from reservations.errors import NotBookable, PickupMoved, TooManyPickups
from reservations.models import PickupItem, PickupOrder, Place, Service, ServiceGroup
from reservations.queries.pickups import OPEN, is_shut, pickup_days, places_of, secret_of
from reservations.services.bookings.holding import own_key
from reservations.services.limits import lock_person, rows_of
from reservations.services.visits import is_staff_of_city
from residents.queries import mail_address_of

MOST_OPEN = 5
"""Orders of one group that one person may have waiting."""
MOST_COPIES = 10
_SAME_REQUEST = "reservations_pickuporder_request_key_key"
_SAME_NUMBER = "reservations_pickuporder_number_key"
_BATCH = 500
_S = PickupState
MOVES: Mapping[PickupState, frozenset[PickupState]] = {
    _S.ORDERED: frozenset({_S.READY, _S.CANCELLED}),
    _S.READY: frozenset({_S.HANDED_OVER, _S.UNCLAIMED, _S.CANCELLED}),
    # they come late, or it is destroyed
    _S.UNCLAIMED: frozenset({_S.HANDED_OVER, _S.CANCELLED}),
    _S.HANDED_OVER: frozenset(),
    _S.CANCELLED: frozenset(),
}
_WORDS: Mapping[PickupState, tuple[Promise, Promise]] = {
    _S.ORDERED: (
        gettext_lazy("証明書の申込を受け付けました"),
        gettext_lazy("証明書の申込を、次のとおり受け付けました。"),
    ),
    _S.READY: (
        gettext_lazy("お申し込みの書類の準備ができました"),
        gettext_lazy("お申し込みの証明書の準備ができました。本人確認書類をお持ちになって、受け取りにお越しください。"),
    ),
    _S.CANCELLED: (gettext_lazy("証明書の申込を取り消しました"), gettext_lazy("次の申込を取り消しました。")),
}


@dataclass(frozen=True)
class Wanted:
    """One kind of certificate, how often, and what should stand in it."""

    service: Service
    copies: int = 1
    detail: str = ""


def order(
    *,
    group: ServiceGroup,
    place: Place,
    items: Sequence[Wanted],
    wanted_on: dt.date,
    contact: ContactData,
    request_key: str,
    wanted_from: dt.time | None = None,
    subject: str = "",
    relation: str = "",
    note: str = "",
    channel: ReservationChannel = ReservationChannel.ONLINE,
    holder: str = "",
    by: User | None = None,
    now: dt.datetime | None = None,
) -> PickupOrder:
    """Take an order; a mail confirms it. The same `request_key` of the same browser or clerk is one order.

    Raises NotBookable for what cannot be ordered so, TooManyPickups for the public. Locks the person's names.
    """
    moment = now or timezone.now()
    key = own_key(request_key, holder=holder, by=by)
    if earlier := PickupOrder.objects.filter(request_key=key).first():
        return earlier
    _refuse_unfit(group, place, items, wanted_on, moment)
    row = PickupOrder(
        request_key=key,
        group=group,
        place=place,
        channel=channel,
        wanted_on=wanted_on,
        wanted_from=wanted_from,
        subject=subject,
        relation=relation,
        note=note,
        created_by=by,
        created_at=moment,
        is_practice=place.is_practice,
        **columns_of(contact),
    )
    try:
        return _insert(row, items, contact, by=by)
    except IntegrityError as error:
        if violated(error) == _SAME_REQUEST:
            return PickupOrder.objects.get(request_key=key)
        if violated(error) != _SAME_NUMBER:
            raise
    return _insert(row, items, contact, by=by)


def make_ready(*, pickup: PickupOrder, seen_revision: int, by: User, now: dt.datetime | None = None) -> PickupOrder:
    """Say that it lies ready, by mail. Raises PickupMoved."""
    moment = now or timezone.now()
    return _move(pickup, _S.READY, seen_revision, by=by, ready_at=moment)


def hand_over(
    *, pickup: PickupOrder, seen_revision: int, document: str, by: User, now: dt.datetime | None = None
) -> PickupOrder:
    """Hand it over to who has shown a document; who checked what is kept. Raises NotBookable, PickupMoved.

    Pressed twice, or at two counters at once, it stays as the first one noted it.
    """
    moment = now or timezone.now()
    if not document.strip():
        raise NotBookable
    fresh = PickupOrder.objects.select_related("handed_over_by").get(pk=pickup.pk)
    if fresh.state == _S.HANDED_OVER:
        return fresh
    return _move(
        pickup,
        _S.HANDED_OVER,
        seen_revision,
        by=by,
        handed_over_at=moment,
        handed_over_by=by,
        checked_document=document.strip()[:60],
        finished_at=moment,
    )


def cancel(
    *, pickup: PickupOrder, seen_revision: int, by: User | None = None, now: dt.datetime | None = None
) -> PickupOrder:
    """Cancel an order; a mail says so. Residents may until it lies ready; cancelling twice changes nothing.

    Raises PickupMoved.
    """
    if pickup.state == _S.CANCELLED:
        return pickup
    if not is_staff_of_city(by) and pickup.state != _S.ORDERED:
        raise PickupMoved
    return _move(pickup, _S.CANCELLED, seen_revision, by=by, finished_at=now or timezone.now())


def mark_unclaimed(*, now: dt.datetime | None = None) -> int:
    """Mark what nobody collected within the days of its group; the number, at most a batch. May run twice at once."""
    day = local_date(now or timezone.now())
    late: list[int] = []
    # asked day by day of keeping: those kept long must not stand before those that are late
    for keep in ServiceGroup.objects.order_by("pickup_keep_days").values_list("pickup_keep_days", flat=True).distinct():
        until = day - dt.timedelta(days=keep)
        due = PickupOrder.objects.filter(state=_S.READY, wanted_on__lt=until, group__pickup_keep_days=keep)
        late += due.order_by("wanted_on").values_list("pk", flat=True)[: _BATCH - len(late)]
    rows = PickupOrder.objects.filter(pk__in=late, state=_S.READY)
    return rows.update(state=_S.UNCLAIMED, revision=F("revision") + 1)


def page_url(pickup: PickupOrder) -> str:
    """The address for a mail; the secret stands in the path, which the proxy keeps out of its log."""
    return f"{settings.SITE_URL}/p/{pickup.public_id}/{secret_of(pickup)}/"


def _insert(row: PickupOrder, items: Sequence[Wanted], contact: ContactData, *, by: User | None) -> PickupOrder:
    row.pk, row.number = None, new_number()
    with transaction.atomic():
        if not is_staff_of_city(by):
            lock_person(row.group, contact)
            if PickupOrder.objects.filter(rows_of(contact), group=row.group, state__in=OPEN).count() >= MOST_OPEN:
                raise TooManyPickups
        row.save(force_insert=True)
        PickupItem.objects.bulk_create(
            PickupItem(order=row, service=one.service, copies=one.copies, detail=one.detail) for one in items
        )
        _tell(row)
        if is_staff_of_city(by):
            _record(row, AuditAction.CREATE, by)
    return row


def _move(pickup: PickupOrder, to: PickupState, seen: int, *, by: User | None, **fields: Any) -> PickupOrder:
    if pickup.state == to and to == _S.READY:
        # pressed twice
        return pickup
    if to not in MOVES[PickupState(pickup.state)]:
        raise PickupMoved
    rows = PickupOrder.objects.filter(Q(pk=pickup.pk), state=pickup.state, revision=seen)
    with transaction.atomic():
        if rows.update(state=to, revision=F("revision") + 1, **fields) != 1:
            raise PickupMoved
        for name, value in {"state": to, "revision": seen + 1, **fields}.items():
            setattr(pickup, name, value)
        _tell(pickup)
        if is_staff_of_city(by):
            _record(pickup, AuditAction.STATE, by, detail=to)
    return pickup


def _refuse_unfit(
    group: ServiceGroup, place: Place, items: Sequence[Wanted], wanted_on: dt.date, now: dt.datetime
) -> None:
    kinds = {one.service.pk for one in items}
    is_known = all(one.service.group_id == group.pk and one.service.is_active for one in items)
    has_numbers = all(1 <= one.copies <= MOST_COPIES for one in items)
    if not items or len(kinds) != len(items) or not is_known or not has_numbers:
        raise NotBookable
    if not (group.is_active and group.takes_pickups) or not places_of(group).filter(pk=place.pk).exists():
        raise NotBookable
    if wanted_on not in pickup_days(group, first=local_date(now)) or is_shut(group, place, wanted_on):
        raise NotBookable


def _tell(pickup: PickupOrder) -> None:
    """The mail of the state it has come to, in the caller's transaction; who gave only a telephone is rung up."""
    address = pickup.email or (mail_address_of(pickup.resident) if pickup.resident else "")
    words = _WORDS.get(PickupState(pickup.state))
    if not address or words is None:
        return
    subject, sentence = words
    city = municipality()
    items = list(PickupItem.objects.filter(order=pickup).select_related("service").order_by("id"))
    context = {
        "pickup": pickup,
        "items": items,
        "number": format_number(pickup.number),
        "sentence": sentence,
        "city": city,
        "url": page_url(pickup),
    }
    with override(pickup.language if pickup.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        queue_mail(
            to=address,
            subject=_("【%(city)s】%(subject)s") % {"city": city.name, "subject": subject},
            body=render_to_string("reservations/mail/pickup.txt", context),
            sensitive=True,
        )


def _record(pickup: PickupOrder, action: AuditAction, by: User | None, detail: str = "") -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="reservations.pickup",
        target_id=pickup.public_id,
        target_label=pickup.number,
        detail=detail,
        department_code=pickup.group.department.code,
    )
