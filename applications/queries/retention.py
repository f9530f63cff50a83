"""Which closed cases are kept no longer, and why some of them stay all the same."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.enums import CLOSED_STATES, PaymentState
from applications.models import Application, CorrectionRequest, Disposal, DisposalRow, Message, Payment, SurveyAddressee
from applications.permissions import DISPOSING_ROLES
from applications.queries.cases import SOURCE_TYPE
from cityhall.days import TOKYO
from cityhall.enums import WorkState
from cityhall.models import Department, User
from cityhall.queries.staff import scope_of
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.models import Notice

MOST_ROWS = 1000
"""Cases on one list: what a person can look through. The next list takes the next ones."""
RECENT = dt.timedelta(days=90)
"""A case that was written on this lately is not left alone yet."""

OPEN_APPEAL = _("不服申立ての期間が終わっていません。")
UNOPENED = _("開封されていない通知書があります。")
OPEN_CORRECTION = _("回答を待っている補正依頼があります。")
WRITTEN_LATELY = _("90日以内にメッセージのやり取りがあります。")
UNPAID = _("未納の手数料があります。")
OF_SURVEY = _("庁内照会の回答です。")


@dataclass(frozen=True)
class Candidate:
    """A case whose time is over; `reasons` say why it stays, none: it may be disposed of."""

    case: Application
    reasons: tuple[str | Promise, ...]


@dataclass(frozen=True)
class _Told:
    """What is known of the way of one notice to the person."""

    opened_at: dt.datetime | None
    available_at: dt.datetime | None
    is_posted: bool
    posted_at: dt.datetime | None

    @property
    def knew_at(self) -> dt.datetime | None:
        return self.opened_at or (self.posted_at if self.is_posted else None) or self.available_at


def disposing_departments(user: User) -> QuerySet[Department]:
    """Departments whose lists a person may see: where a role of theirs disposes; administrators and auditors: all."""
    staff = scope_of(user)
    if staff.is_administrator or staff.is_auditor:
        return Department.objects.order_by("name")
    return Department.objects.filter(pk__in=departments_with(user, DISPOSING_ROLES)).order_by("name")


def departments_with(user: User, roles: Iterable[str]) -> set[int]:
    """Departments in which the person has one of these roles today."""
    wanted = set(roles)
    return {pk for pk, held in scope_of(user).roles_in.items() if held & wanted}


def overdue_cases(department: Department, as_of: dt.date) -> QuerySet[Application]:
    """Closed cases of a department whose time of keeping was over on a day, those kept longest over first."""
    rows = Application.objects.filter(
        department=department, keep_until__lt=as_of, disposed_at=None, state__in=CLOSED_STATES
    )
    return rows.select_related("procedure").order_by("keep_until", "id")


def candidates(cases: list[Application], *, now: dt.datetime) -> list[Candidate]:
    """Each case with what keeps it. Five queries, however many cases."""
    notices = _notices_of(cases)
    kept = _kept_by(cases, now)
    found = []
    for case in cases:
        told = notices.get(case.public_id, [])
        found.append(Candidate(case, (*_own_reasons(case, told, now), *kept.get(case.pk, ()))))
    return found


def reasons_to_keep(case: Application, *, now: dt.datetime) -> tuple[str | Promise, ...]:
    """Why this case stays, asked once more when its turn comes."""
    return candidates([case], now=now)[0].reasons


def _own_reasons(case: Application, notices: list[_Told], now: dt.datetime) -> list[str | Promise]:
    found: list[str | Promise] = [case.disposal_hold] if case.disposal_hold else []
    knew_at = _knew_at(case, notices)
    if knew_at is not None and now < appeal_ends(knew_at, case.procedure.appeal_months):
        found.append(OPEN_APPEAL)
    if any(notice.opened_at is None and not notice.is_posted for notice in notices):
        found.append(UNOPENED)
    return found


def _knew_at(case: Application, notices: list[_Told]) -> dt.datetime | None:
    """When the person knew of the decision; of several notices the last one counts. None: nothing was decided."""
    if case.decided_at is None:
        return None
    return max([case.decided_at, *(notice.knew_at for notice in notices if notice.knew_at is not None)])


def appeal_ends(knew_at: dt.datetime, months: int) -> dt.datetime:
    """The beginning of the day after the last day of appeal.

    Counted from the day after the person knew of the decision (行政不服審査法18条1項; days and months: 民法140条,
    143条): when they opened the notice; for a letter nobody saw them open, when it was posted; else when the notice
    was there for them, and without a notice when it was decided. The bar of a year after the decision (同条2項) has
    exceptions and makes nothing go earlier here.
    """
    day = knew_at.astimezone(TOKYO).date()
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last_of_month = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    last = dt.date(year, month + 1, min(day.day, last_of_month))
    return dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), TOKYO)


def _notices_of(cases: list[Application]) -> dict[str, list[_Told]]:
    """Public id of a case → its notices that were not withdrawn. One query."""
    rows = Notice.objects.filter(source_type=SOURCE_TYPE, source_id__in=[case.public_id for case in cases])
    posted_at = Max("receipts__occurred_at", filter=Q(receipts__kind=ReceiptKind.POSTED))
    columns = ("source_id", "opened_at", "available_at", "paper_state", "posted_at")
    found: dict[str, list[_Told]] = {}
    told = rows.exclude(state=NoticeState.WITHDRAWN).order_by().annotate(posted_at=posted_at)
    for case, opened_at, available_at, paper, posted in told.values_list(*columns):
        found.setdefault(case, []).append(_Told(opened_at, available_at, paper == PaperState.POSTED, posted))
    return found


def _kept_by(cases: list[Application], now: dt.datetime) -> Mapping[int, list[str | Promise]]:
    """Case → what in other tables of this app keeps it."""
    ids = [case.pk for case in cases]
    found: dict[int, list[str | Promise]] = {}
    sources: list[tuple[Iterable[int | None], Promise]] = [
        (_ids(CorrectionRequest.objects.filter(application__in=ids, answered_at=None)), OPEN_CORRECTION),
        (_ids(Message.objects.filter(application__in=ids, sent_at__gt=now - RECENT)), WRITTEN_LATELY),
        (_ids(Payment.objects.filter(application__in=ids, state=PaymentState.DUE)), UNPAID),
        (_ids(SurveyAddressee.objects.filter(application__in=ids)), OF_SURVEY),
    ]
    for keys, reason in sources:
        for key in keys:
            if key is not None:
                found.setdefault(key, []).append(reason)
    return found


def _ids(rows: QuerySet[Any]) -> set[int | None]:
    return set(rows.values_list("application_id", flat=True))


def free_to_list(cases: QuerySet[Application]) -> QuerySet[Application]:
    """Without those that stand on a list which is under way."""
    open_rows = DisposalRow.objects.filter(application=OuterRef("pk"), disposal__state__in=["planned", "approved"])
    return cases.exclude(Exists(open_rows))


def disposals_of(user: User) -> QuerySet[Disposal]:
    """Lists a person may see, newest first."""
    rows = Disposal.objects.filter(department__in=disposing_departments(user))
    return rows.select_related("department", "planned_by", "approved_by").order_by("-id")


def counts_of(disposal: Disposal) -> dict[str, int]:
    """How many cases of a list are done, left out, waiting, or stuck. One query."""
    return counts_by_list([disposal])[disposal.pk]


def counts_by_list(disposals: Sequence[Disposal]) -> dict[int, dict[str, int]]:
    """The same of several lists, by their id. One query, however many lists."""
    is_done, is_skipped = Q(state=WorkState.DONE), ~Q(skipped_reason="")
    counted = DisposalRow.objects.filter(disposal__in=disposals).order_by().values("disposal")
    rows = counted.annotate(
        all=Count("pk"),
        done=Count("pk", filter=is_done & ~is_skipped),
        skipped=Count("pk", filter=is_skipped),
        stuck=Count("pk", filter=Q(state=WorkState.GIVEN_UP)),
    )
    nothing = dict.fromkeys(("all", "done", "skipped", "stuck"), 0)
    found = {
        row["disposal"]: {
            "all": row["all"],
            "done": row["done"],
            "skipped": row["skipped"],
            "stuck": row["stuck"],
        }
        for row in rows
    }
    return {one.pk: found.get(one.pk, nothing) for one in disposals}
