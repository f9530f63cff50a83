"""The corner for the bereaved: what comes, what each department may read of it, and what the family takes home."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from applications.answers import Row, display_rows
from applications.definition import Form
from applications.guide import Guide, guide_of
from applications.models import GuideVersion
from applications.queries.guide import Advice, assess_for
from cityhall.days import local_date, today
from cityhall.models import User
from cityhall.queries.staff import rows_for
from counter.bereavement.conditions import Facts
from counter.bereavement.deadlines import due_on
from counter.bereavement.enums import BereavementEventKind, BereavementState, StepState
from counter.bereavement.questions import IDENTITY, day_key, filling_of, form_with
from counter.models import (
    Bereavement,
    BereavementCorner,
    BereavementEvent,
    BereavementRequest,
    BereavementSheet,
    BereavementStep,
    ElsewhereItem,
    Visit,
)
from counter.queries.cut import Cut, cut
from counter.queries.receiving import Filed, filed_of
from reservations.enums import ReservationState
from reservations.models import Reservation, Service
from reservations.queries.own import WITH
from reservations.queries.scope import in_charge

ANSWER = "counter.answer_bereavement"
CORNER_RESULT = "corner"
"""The result of the guide that leads to this very corner; it stands on no list of the corner's own."""
MOST_LISTED = 200
_GONE = frozenset({ReservationState.CANCELLED, ReservationState.EXPIRED})
_PREPARED = (BereavementState.PREPARING, BereavementState.CLOSED)
_COMING = (ReservationState.BOOKED, ReservationState.CHECKED_IN)
_BOOKING = ("group__department", "place", "service", "resident")
_READ_WITH = ("corner", "guide", *(f"reservation__{name}" for name in _BOOKING))


# --- the corner ----------------------------------------------------------------------------------------------


def corners() -> QuerySet[BereavementCorner]:
    """Corners in use whose service can be booked."""
    rows = BereavementCorner.objects.filter(is_active=True, service__is_active=True, service__group__is_active=True)
    return rows.select_related("service__group__department", "life_event__current_guide")


def unverified_items() -> QuerySet[ElsewhereItem]:
    """Items families are shown that nobody of the city has compared with the law yet."""
    return ElsewhereItem.objects.filter(is_active=True, verified_on=None)


def corner_of(reservation: Reservation) -> BereavementCorner | None:
    """The corner a booking is for; None for bookings of anything else, and for trials. One query."""
    if reservation.is_practice:
        return None
    return corners().filter(service=reservation.service_id).first()


def guide_in(version: GuideVersion | None) -> Guide | None:
    return guide_of(version) if version is not None else None


def is_given_up(row: Bereavement) -> bool:
    """Whether nobody comes: withdrawn by the family, or its booking was cancelled."""
    reservation = row.reservation
    return row.state == BereavementState.WITHDRAWN or reservation is None or reservation.state in _GONE


def is_asked_by_staff(row: Bereavement) -> bool:
    """Whether what is typed now is told on the telephone: the family agreed, and neither sent, took back nor typed
    anything at home since. One query."""
    kinds = (BereavementEventKind.BEGUN, BereavementEventKind.SENT, BereavementEventKind.WITHDRAWN)
    last = row.events.filter(kind__in=kinds).select_related("actor").order_by("-id").first()
    if last is None or last.kind != BereavementEventKind.BEGUN:
        return False
    return last.actor is not None and last.actor.is_staff


def visible_bereavements(user: User | AnonymousUser) -> QuerySet[Bereavement]:
    """Those of the corners that are the departments' own; with their bookings. Wiped ones belong to nobody."""
    rows = Bereavement.objects.filter(wiped_at=None, reservation__isnull=False)
    condition = in_charge(user, "reservation__group__department", place="reservation__place")
    return rows.filter(condition).select_related(*_READ_WITH)


@dataclass(frozen=True)
class Coming:
    """One booking to come, as the corner sees it. Sheets that ask nothing any more are left out."""

    reservation: Reservation
    row: Bereavement | None
    sheets: Sequence[BereavementSheet] = ()
    waiting: Sequence[BereavementSheet] = ()

    @property
    def is_given_up(self) -> bool:
        return self.reservation.state in _GONE

    @property
    def answered(self) -> int:
        return len(self.sheets) - len(self.waiting)

    @property
    def is_ready(self) -> bool:
        """Whether every department has answered that is still asked something: after new answers it may be none."""
        return self.row is not None and self.row.state in _PREPARED and not self.waiting


def coming(user: User, now: dt.datetime) -> Cut[Coming]:
    """Bookings of the corner from today on, the next one first; cancelled ones too while their sheets are out."""
    services = Service.objects.filter(pk__in=BereavementCorner.objects.filter(is_active=True).values("service"))
    rows = Reservation.objects.filter(in_charge(user, place="place"), service__in=services, is_practice=False)
    is_out = Q(state__in=_GONE, bereavement__sheets__isnull=False)
    rows = rows.filter(Q(state__in=[*_COMING, ReservationState.DONE]) | is_out, business_day__gte=local_date(now))
    sheets = Prefetch("bereavement__sheets", _asked_sheets(), to_attr="listed_sheets")
    found = rows.select_related(*WITH, "bereavement").prefetch_related(sheets).distinct()
    listed = cut(found.order_by("starts_at", "id"), MOST_LISTED)
    return listed.like(_coming(row) for row in listed)


def _coming(reservation: Reservation) -> Coming:
    row: Bereavement | None = getattr(reservation, "bereavement", None)
    sheets = getattr(row, "listed_sheets", ()) if row else ()
    return Coming(reservation, row, sheets, [sheet for sheet in sheets if sheet.is_open])


def _asked_sheets() -> QuerySet[BereavementSheet]:
    """Sheets with something on them that was not withdrawn; `is_open`: not all of it is answered."""
    asked = BereavementRequest.objects.filter(sheet=OuterRef("pk"), withdrawn_at=None)
    rows = BereavementSheet.objects.filter(Exists(asked)).annotate(is_open=Exists(asked.filter(finding="")))
    return rows.select_related("department").order_by("department__position", "id")


def sheets_of(row: Bereavement) -> list[BereavementSheet]:
    """The sheets with their requests: what is withdrawn is left out. Two queries."""
    asked = BereavementRequest.objects.filter(withdrawn_at=None).select_related("check_row")
    rows = BereavementSheet.objects.filter(bereavement=row).select_related("department", "answered_by")
    rows = rows.prefetch_related(Prefetch("requests", asked, to_attr="asked")).order_by("department__position", "id")
    return [sheet for sheet in rows if sheet.asked]


# --- the departments -----------------------------------------------------------------------------------------


def visible_sheets(user: User | AnonymousUser) -> QuerySet[BereavementSheet]:
    """The sheets of the departments in which one answers them."""
    rows = BereavementSheet.objects.filter(bereavement__wiped_at=None, bereavement__reservation__isnull=False)
    rows = rows.exclude(bereavement__state=BereavementState.DRAFT)
    rows = rows.select_related("department", "answered_by", *(f"bereavement__{name}" for name in _READ_WITH))
    return rows_for(rows, user, ANSWER)


def sheets_to_come(user: User, now: dt.datetime) -> Cut[BereavementSheet]:
    """Sheets for visits from today on, those without an answer first; each with `number`, how much is asked."""
    rows = visible_sheets(user).filter(bereavement__reservation__business_day__gte=local_date(now))
    asked = Count("requests", filter=Q(requests__withdrawn_at=None))
    found = rows.annotate(number=asked).filter(number__gt=0).order_by("bereavement__reservation__starts_at", "id")
    listed = cut(found, MOST_LISTED)
    return listed.like(sorted(listed, key=lambda sheet: (is_given_up(sheet.bereavement), bool(sheet.answered_at))))


def sheets_waiting(user: User | AnonymousUser, now: dt.datetime) -> int:
    """How many sheets wait for an answer. One query."""
    rows = visible_sheets(user).filter(bereavement__reservation__business_day__gte=local_date(now), answered_at=None)
    rows = rows.filter(bereavement__state=BereavementState.PREPARING, bereavement__reservation__state__in=_COMING)
    return rows.filter(requests__withdrawn_at=None).distinct().count()


@dataclass(frozen=True)
class Told:
    """What one department reads: who died, and beside each request the answers it needs."""

    identity: tuple[Row, ...]
    requests: tuple[tuple[BereavementRequest, tuple[Row, ...]], ...]


def told_to(sheet: BereavementSheet) -> Told:
    """Nothing but the person, and the answers that the checks name (`BereavementCheck.facts`). One query."""
    row = sheet.bereavement
    rows = sheet.requests.filter(withdrawn_at=None).select_related("check_row")
    asked: list[BereavementRequest] = getattr(sheet, "asked", None) or list(rows)
    if is_given_up(row):
        return Told((), tuple((one, ()) for one in asked))
    words = words_of(row)
    who = tuple(words[key] for key in (*IDENTITY, day_key(guide_in(row.guide))) if key in words)
    return Told(who, tuple((one, _named(words, one.check_row.facts)) for one in asked))


def _named(words: Mapping[str, Row], keys: object) -> tuple[Row, ...]:
    return tuple(words[key] for key in keys if key in words) if isinstance(keys, list) else ()


def form_of_family(row: Bereavement) -> Form:
    """What this family was asked."""
    return form_with(guide_in(row.guide))


def sent_values(row: Bereavement) -> dict[str, Any]:
    """What was typed for the answers that were sent; changes nobody has sent yet are left out."""
    checked = filling_of(guide_in(row.guide), row.values).checked.answers
    return {key: row.values.get(key) for key, answer in row.answers.items() if checked.get(key) == answer}


def words_of(row: Bereavement) -> dict[str, Row]:
    """The answers that were given, in words, by question."""
    sections = display_rows(form_of_family(row), row.answers)
    return {one.key: one for section in sections for one in section.rows if not one.is_blank}


def moved_from(row: Bereavement) -> str:
    """The time the family was to come before it moved the booking, in words; "" where it never did."""
    events = BereavementEvent.objects.filter(bereavement=row, kind=BereavementEventKind.MOVED)
    return events.order_by("-id").values_list("detail", flat=True).first() or ""


# --- the list of the day -------------------------------------------------------------------------------------


def advice_of(row: Bereavement, now: dt.datetime) -> list[Advice]:
    """What the guide says of these answers, most urgent first; without the corner itself."""
    guide = guide_in(row.guide)
    if guide is None or not row.answers:
        return []
    return [one for one in assess_for(guide, row.answers, now=now) if one.key != CORNER_RESULT]


def findings_of(row: Bereavement) -> list[BereavementRequest]:
    """What departments found, in the order of the checks. One query."""
    rows = BereavementRequest.objects.filter(sheet__bereavement=row, withdrawn_at=None)
    return list(rows.select_related("check_row", "sheet__department").order_by("check_row__position", "id"))


def visit_of(row: Bereavement) -> Visit | None:
    """The visit in which the family is served, or was: the last that began with the booking or its ticket."""
    if row.reservation_id is None:
        return None
    mine = Q(reservation=row.reservation_id) | Q(ticket__reservation=row.reservation_id)
    return Visit.objects.filter(mine).select_related("place", "clerk").order_by("-id").first()


@dataclass(frozen=True)
class ListedStep:
    """A procedure of the list as it stands now: what was received in the visit is done, whoever marked what."""

    step: BereavementStep
    filed: Filed | None
    found: tuple[BereavementRequest, ...] = ()

    @property
    def state(self) -> StepState:
        return StepState.DONE if self.filed else StepState(self.step.state)

    @property
    def is_done(self) -> bool:
        return self.state == StepState.DONE

    @property
    def is_left(self) -> bool:
        """Whether the family has to come for it again."""
        return self.state in (StepState.OPEN, StepState.LATER)

    @property
    def is_late(self) -> bool:
        """Whether its last day is over."""
        return self.step.due_on is not None and self.step.due_on < today()


def listed_steps(row: Bereavement, visit: Visit | None = None) -> list[ListedStep]:
    """The list with what departments found and what the visit received."""
    filed = {one.chosen.procedure_id: one for one in filed_of(visit)} if visit else {}
    found = findings_of(row)
    steps = row.steps.select_related("department", "procedure").order_by("position", "id")
    return [ListedStep(step, filed.get(step.procedure_id or 0), _about(step, found)) for step in steps]


def _about(step: BereavementStep, found: Iterable[BereavementRequest]) -> tuple[BereavementRequest, ...]:
    return tuple(
        one for one in found if one.finding and (step.key in one.check_row.results or step.key == step_key(one))
    )


def step_key(request: BereavementRequest) -> str:
    """How a finding is called on the list where the guide has no result for it."""
    return f"check-{request.check_row.key}"[:60]


# --- for the family ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Elsewhere:
    """Something to do at another office, with its last day."""

    name: str
    text: str
    office: str
    place: str
    url: str
    law: str
    due_on: dt.date | None
    due_text: str
    is_soon: bool = False
    is_late: bool = False


@dataclass(frozen=True)
class FamilyList:
    """What a family takes home."""

    done: Sequence[ListedStep]
    others: Sequence[Filed]
    """Received today and not on the list: what somebody asked for besides."""
    left: Sequence[ListedStep]
    elsewhere: Sequence[Elsewhere]


def family_list(row: Bereavement, now: dt.datetime) -> FamilyList:
    """Done today, still to do at the city hall, and elsewhere by the last day."""
    visit = visit_of(row)
    steps = listed_steps(row, visit)
    named = {one.filed.application.pk for one in steps if one.filed}
    others = [one for one in filed_of(visit) if one.application.pk not in named] if visit else []
    left = sorted((one for one in steps if one.is_left), key=lambda one: one.step.due_on or dt.date.max)
    return FamilyList([one for one in steps if one.is_done], others, left, elsewhere_of(row, steps, now))


def elsewhere_of(row: Bereavement, steps: Sequence[ListedStep], now: dt.datetime) -> list[Elsewhere]:
    """The items of the city that apply, what only the guide knows, and what the desk sent to another office."""
    facts = Facts(form_of_family(row), row.answers, today=local_date(now))
    items = [one for one in ElsewhereItem.objects.filter(is_active=True) if facts.holds(one.when)]
    covered = {key for item in ElsewhereItem.objects.filter(is_active=True) for key in item.results}
    found = [_of_item(item, row.died_on) for item in items]
    found += [_of_advice(one) for one in advice_of(row, now) if _is_elsewhere(one) and one.key not in covered]
    found += [_of_step(one.step) for one in steps if one.state == StepState.ELSEWHERE]
    day = local_date(now)
    found = [replace(one, is_late=one.due_on is not None and one.due_on < day) for one in found]
    return sorted(found, key=lambda one: (one.due_on is None, one.due_on or dt.date.max, not one.is_soon))


def _is_elsewhere(advice: Advice) -> bool:
    return not advice.task.result.office.department


def _of_item(item: ElsewhereItem, died_on: dt.date | None) -> Elsewhere:
    due = due_on(died_on, item)
    return Elsewhere(
        item.name, item.text, item.office, item.place, item.url, item.law, due, item.due_text, item.is_soon
    )


def _of_advice(advice: Advice) -> Elsewhere:
    result, office = advice.task.result, advice.office
    text = result.due.text
    return Elsewhere(
        result.title, result.text, office.name, office.place, "", "", advice.task.due_on, text, result.due.is_soon
    )


def _of_step(step: BereavementStep) -> Elsewhere:
    office = step.reason or (step.department.name if step.department else "")
    return Elsewhere(step.title, "", office, "", "", "", step.due_on, step.due_text)
