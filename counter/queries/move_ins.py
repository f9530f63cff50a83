"""Imported notices of moving in as staff see them: what is booked, what was sent, how far the family is."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Procedure
from cityhall.enums import WorkState
from cityhall.models import User
from cityhall.pages import keyset_page
from cityhall.queries.staff import may_in
from counter.enums import MoveInOutcome, PrefillState
from counter.models import MoveIn, MoveInImport, MoveInItem, MoveInSettings
from counter.moving_in.notices import Notice
from counter.moving_in.sealing import lookup_of, mark_of, open_notice
from counter.permissions import IMPORT
from reservations.enums import ReservationState
from reservations.models import Reservation
from reservations.queries.scope import is_in_charge as is_in_charge_of

LISTED: Final = 50
SHOWN_ROWS: Final = 20
PAGE_LENGTH: Final = 50
_BOOKINGS: Final = ("move_in__prefill__reservation", "move_in__reservation")
_OF_STAGE: Final = (
    # what the manager of a file's rows reads of each
    "batch",
    "number",
    "outcome",
    "finished_at",
    "move_in__cancelled_at",
    "move_in__completed_at",
    "move_in__set_aside_at",
    "move_in__prefill__state",
    *(f"{path}__state" for path in _BOOKINGS),
)
_CAME: Final = frozenset({ReservationState.CHECKED_IN, ReservationState.DONE})
_BY_OUTCOME: Final = {
    MoveInOutcome.REFUSED: (_("失敗"), "error"),
    MoveInOutcome.CANCELLED: (_("取消し"), "neutral"),
}


@dataclass(frozen=True)
class Stage:
    """How far a row is, in a word and a colour."""

    label: str | Promise
    tone: str


@dataclass(frozen=True)
class Expected:
    """What a row of a file that nobody applied yet would do, with what it says."""

    number: int
    notice: Notice
    outcome: MoveInOutcome


@dataclass(frozen=True)
class Listed:
    """A row of a file with what became of it."""

    item: MoveInItem
    stage: Stage
    booking: Reservation | None
    can_retry: bool
    may_open: bool
    """Whether the booking is one of the reader's own lists: its name is shown."""

    @property
    def number(self) -> int:
        return self.item.number

    @property
    def move_in(self) -> MoveIn | None:
        return self.item.move_in

    @property
    def is_waiting(self) -> bool:
        """Whether nobody knows when the family comes, and staff can do something about it."""
        known = self.move_in
        return known is not None and is_waiting(known) and self.booking is None


def departments_of(settings: MoveInSettings) -> frozenset[int]:
    """In charge of the files: those of the booked counter and of its place, else those of the procedures."""
    if settings.service is not None:
        at_place = settings.place.department_id if settings.place is not None else None
        return frozenset(one for one in (settings.service.group.department_id, at_place) if one is not None)
    rows = Procedure.objects.filter(key__in=settings.procedures)
    return frozenset(rows.order_by().values_list("department_id", flat=True))


def is_in_charge(user: User, settings: MoveInSettings) -> bool:
    """Whether one of the user's roles with the right to import is in a department in charge."""
    return any(may_in(user, IMPORT, department) for department in departments_of(settings))


def imports() -> list[MoveInImport]:
    """The newest files, each with the number of its rows and of those that are done. One query."""
    done = Count("items", filter=Q(items__finished_at__isnull=False))
    failed = Count("items", filter=Q(items__outcome=MoveInOutcome.REFUSED))
    rows = MoveInImport.objects.select_related("uploaded_by").order_by("-pk")
    return list(rows.annotate(row_count=Count("items"), done_count=done, failed_count=failed)[:LISTED])


def earlier_with_same_file(batch: MoveInImport) -> MoveInImport | None:
    """The last file before this one that says the very same, and was applied."""
    rows = MoveInImport.objects.filter(file_mark=batch.file_mark, pk__lt=batch.pk, applied_at__isnull=False)
    return rows.order_by("-pk").first()


def expected(batch: MoveInImport) -> tuple[list[Expected], Counter[MoveInOutcome]]:
    """What applying a file would do: the first rows in words, and how many of each kind. Two queries."""
    items = batch.items.order_by("number").only("number", "content")
    rows = [(item.number, open_notice(item.content)) for item in items if item.content]
    marks = dict(
        MoveIn.objects.filter(lookup__in=[lookup_of(notice.number) for _row, notice in rows]).values_list(
            "lookup", "row_mark"
        )
    )
    found = [Expected(number, notice, _expected(notice, marks)) for number, notice in rows]
    return found[:SHOWN_ROWS], Counter(one.outcome for one in found)


def _expected(notice: Notice, marks: dict[str, str]) -> MoveInOutcome:
    mark = marks.get(lookup_of(notice.number))
    if mark == mark_of(notice) or (mark is None and notice.is_cancelled):
        return MoveInOutcome.SAME
    if notice.is_cancelled:
        return MoveInOutcome.CANCELLED
    return MoveInOutcome.MADE if mark is None else MoveInOutcome.CHANGED


def listed(batch: MoveInImport, *, user: User, after: str = "") -> tuple[list[Listed], str]:
    """A page of the rows of an applied file with how far they are, and what the next begins after. One query."""
    rows = batch.items.select_related(
        *(f"{path}__{name}" for path in _BOOKINGS for name in ("service", "place", "group"))
    )
    page = keyset_page(rows, order=("number",), after=after, size=PAGE_LENGTH)
    return [_listed(item, user) for item in page.rows], page.next_cursor


def counted(batch: MoveInImport) -> list[tuple[Stage, int]]:
    """How many rows of a file are at each stage; a file has 2,000 at most. One query, which reads no name."""
    rows = batch.items.select_related(*_BOOKINGS).only(*_OF_STAGE).order_by("number")
    return list(Counter(stage_of(item) for item in rows).items())


def _listed(item: MoveInItem, user: User) -> Listed:
    booking = _booking(item.move_in)
    can_retry = item.state == WorkState.GIVEN_UP and bool(item.content)
    may_open = booking is not None and is_in_charge_of(user, booking.group, booking.place)
    return Listed(item, stage_of(item), booking, can_retry, may_open)


def _booking(move_in: MoveIn | None) -> Reservation | None:
    if move_in is None:
        return None
    row = move_in.prefill.reservation or move_in.reservation
    return row if row is not None and row.state not in (ReservationState.CANCELLED, ReservationState.EXPIRED) else None


def is_waiting(move_in: MoveIn) -> bool:
    """Whether a notice is good and without a booking, set aside or not."""
    is_open = move_in.cancelled_at is None and move_in.prefill.state == PrefillState.OPEN
    return is_open and move_in.completed_at is None and _booking(move_in) is None


def stage_of(item: MoveInItem) -> Stage:
    """The furthest a row has come."""
    move_in = item.move_in
    if item.outcome in _BY_OUTCOME or move_in is None:
        words = _BY_OUTCOME.get(MoveInOutcome(item.outcome)) if item.outcome else None
        if words is None:
            words = (_("変わりなし"), "neutral") if item.finished_at else (_("処理待ち"), "info")
        return Stage(*words)
    if move_in.cancelled_at:
        return Stage(_("取消し"), "neutral")
    return _stage_of(move_in)


def _stage_of(move_in: MoveIn) -> Stage:
    prefill, booking = move_in.prefill, _booking(move_in)
    if prefill.state == PrefillState.REDEEMED or (booking is not None and booking.state in _CAME):
        return Stage(_("来庁済み"), "success")
    if prefill.state == PrefillState.EXPIRED:
        return Stage(_("期限切れ"), "neutral")
    if prefill.state == PrefillState.DELETED:
        return Stage(_("ご本人が削除"), "neutral")
    if move_in.completed_at:
        return Stage(_("入力済み"), "success")
    if booking is not None:
        return Stage(_("予約済み"), "success")
    return Stage(_("見送り"), "neutral") if move_in.set_aside_at else Stage(_("日時待ち"), "warning")
