"""Limited places: taken at submission, given back, and passed on to the first in the waiting list.

Locks are taken in one order, by submission too: the application, then its procedure, then the application that
moves up. One that waits never wants the procedure's lock, so nobody waits in a circle.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicationState, DecisionKind, EventKind, Seat
from applications.models import Application, ApplicationEvent, Procedure
from applications.services.mails import Occasion, tell_applicant
from cityhall.db import exist_and_stay
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services import audit


class Full(DomainError):
    """All places are taken and there is no waiting list."""

    code = "full"
    message = _("定員に達したため、受付を終了しました。空きが出たときは、また申し込めるようになります。")


class NoSeat(DomainError):
    """A case without a place cannot be approved."""

    code = "no_seat"
    message = _("この申請は定員の中に入っていないため、承認できません。空きが出るのを待つか、定員を増やしてください。")


class BelowTaken(DomainError):
    """Fewer places than were given away."""

    code = "capacity_below_taken"

    def __init__(self, taken: int) -> None:
        text = gettext("すでに%(taken)s人を受け付けているため、定員を%(taken)s人より少なくできません。")
        super().__init__(text % {"taken": taken})


def take_seat(procedure: Procedure) -> Seat:
    """Take a place in the caller's transaction, or a place in the waiting list. Raises Full.

    One conditional update: of two people who want the last place one gets it. Locks the procedure, and goes by
    its row: a limit that came since the caller read it counts this application too. Where there is no limit, the
    lock is one that all who send hold together.
    """
    if procedure.capacity is None and _stays_unlimited(procedure.pk):
        return Seat.NONE
    row = _locked(procedure.pk)
    if row.capacity is None:
        return Seat.NONE
    if _take(row.pk):
        return Seat.SEATED
    if row.has_waiting_list:
        return Seat.WAITING
    raise Full


def _stays_unlimited(procedure_id: int) -> bool:
    """Whether there is no limit, and none comes before the caller's transaction ends: who sets one waits for it."""
    with transaction.atomic():
        if exist_and_stay(Procedure.objects.filter(pk=procedure_id, capacity=None)):
            return True
        # a limit has just come: let go of the row, or two who want its own lock would wait in a circle
        transaction.set_rollback(True)
    return False


def need_seat(application: Application) -> None:
    """Make sure that a case about to be approved has a place, in the caller's transaction. Raises NoSeat.

    A case that was refused and reopened takes a place when there is one.
    """
    if application.procedure.capacity is None:
        return
    seat = _seat_of(application)
    if seat == Seat.WAITING or (seat == Seat.NONE and not _take(application.procedure_id)):
        raise NoSeat
    _set_seat(application, Seat.SEATED)


def give_up_seat(application: Application, *, now: dt.datetime) -> None:
    """Give the place of a case back, in the transaction that withdrew or refused it; the first in line moves up.

    Call it after the move: the row is locked then, and nobody moves it up meanwhile.
    """
    seat = _seat_of(application)
    if seat == Seat.NONE:
        return
    _set_seat(application, Seat.NONE)
    if seat == Seat.SEATED and not _seat_next(application.procedure_id, now):
        Procedure.objects.filter(pk=application.procedure_id, taken_seats__gt=0).update(
            taken_seats=F("taken_seats") - 1
        )


def change_capacity(
    *, procedure: Procedure, capacity: int | None, by: User | None, now: dt.datetime | None = None
) -> Procedure:
    """Set the number of places (None: no limit), as `set_capacity` does. Audited. Raises BelowTaken."""
    with transaction.atomic():
        set_capacity(procedure, capacity, now=now or timezone.now())
        audit.record(
            action=AuditAction.CHANGE,
            actor=by,
            target_type="applications.procedure",
            target_id=procedure.key,
            target_label=procedure.name,
            changed_fields=["capacity"],
        )
    procedure.refresh_from_db(fields=["capacity", "taken_seats"])
    return procedure


def set_capacity(procedure: Procedure, capacity: int | None, *, now: dt.datetime) -> None:
    """Set the number of places in the caller's transaction, and let the waiting list move up into new ones.

    What was sent while there was no limit is counted first. Raises BelowTaken. Locks the procedure.
    """
    row = _locked(procedure.pk)
    uncounted = _sent(row).filter(seat=Seat.NONE) if row.capacity is None else Application.objects.none()
    taken = _sent(row).exclude(seat=Seat.WAITING).count() if row.capacity is None else row.taken_seats
    if capacity is not None and capacity < taken:
        raise BelowTaken(taken)
    if capacity is not None:
        uncounted.update(seat=Seat.SEATED)
    Procedure.objects.filter(pk=row.pk).update(capacity=capacity, taken_seats=taken)
    for _place in _free_places(capacity, taken):
        if not _seat_next(row.pk, now):
            break
        Procedure.objects.filter(pk=row.pk).update(taken_seats=F("taken_seats") + 1)


def place_in_line(application: Application) -> int | None:
    """The place in the waiting list, from 1; None for those who do not wait. One query."""
    if application.seat != Seat.WAITING:
        return None
    sent_at = application.submitted_at
    earlier = Q(submitted_at__lt=sent_at) | Q(submitted_at=sent_at, pk__lt=application.pk)
    return 1 + _waiting(application.procedure_id).filter(earlier).count()


def _take(procedure_id: int) -> bool:
    free = Procedure.objects.filter(pk=procedure_id, taken_seats__lt=F("capacity"))
    return free.update(taken_seats=F("taken_seats") + 1) == 1


def _seat_of(application: Application) -> Seat:
    return Seat(Application.objects.values_list("seat", flat=True).get(pk=application.pk))


def _set_seat(application: Application, seat: Seat) -> None:
    Application.objects.filter(pk=application.pk).update(seat=seat)
    application.seat = seat


def _seat_next(procedure_id: int, now: dt.datetime) -> bool:
    """Give a free place to the first in line; whether there was anybody. The event and a mail tell them."""
    # two places freed at once: the second waits here, and does not seat the same person
    _locked(procedure_id)
    while (first := _waiting(procedure_id).select_related("procedure", "department").first()) is not None:
        moved_up = Application.objects.filter(pk=first.pk, seat=Seat.WAITING).update(seat=Seat.SEATED)
        if moved_up:
            ApplicationEvent.objects.create(application=first, kind=EventKind.SEATED, at=now, actor=None)
            tell_applicant(first, Occasion.SEATED)
            return True
    return False


def _waiting(procedure_id: int) -> QuerySet[Application]:
    rows = Application.objects.filter(procedure_id=procedure_id, seat=Seat.WAITING)
    return rows.order_by("submitted_at", "id")


def _sent(procedure: Procedure) -> QuerySet[Application]:
    """What counts against a limit: sent, and neither withdrawn nor refused."""
    rows = Application.objects.filter(procedure=procedure, submitted_at__isnull=False)
    return rows.exclude(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN]).exclude(
        decision=DecisionKind.REFUSE
    )


def _free_places(capacity: int | None, taken: int) -> Iterator[int]:
    place = taken
    while capacity is None or place < capacity:
        yield place
        place += 1


def _locked(procedure_id: int) -> Procedure:
    # no_key: applications that point at the procedure are not held up
    return Procedure.objects.select_for_update(no_key=True).get(pk=procedure_id)
