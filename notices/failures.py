"""Every piece of work of this app that failed, is uncertain or was given up: one list, nothing silent."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.enums import WorkState
from cityhall.errors import DomainError
from cityhall.models import User, Work
from cityhall.pages import keyset_page
from cityhall.queries.staff import departments_where, may_in, scope_of
from cityhall.queue import wake
from cityhall.references import format_number
from cityhall.services.work import retry, retry_all, settle
from notices.models import (
    Campaign,
    CircularRound,
    DocumentJob,
    FilingReminder,
    LetterRun,
    Notice,
    NoticeCheck,
    OutgoingAlert,
    OutgoingLine,
    OutgoingMail,
    OutgoingPush,
    OutgoingSms,
    TopicMessage,
)
from notices.services.alerts.outcomes import record_told

_MODELS: dict[str, type[Work]] = {
    "document": DocumentJob,
    "mail": OutgoingMail,
    "push": OutgoingPush,
    "line": OutgoingLine,
    "sms": OutgoingSms,
    "campaign": Campaign,
    "filing": FilingReminder,
    "topic": TopicMessage,
    "circular": CircularRound,
    "letters": LetterRun,
    "check": NoticeCheck,
}
_TASKS = {
    "document": "notices.tasks.make_documents",
    "mail": "notices.tasks.send_mails",
    "push": "notices.tasks.send_pushes",
    "line": "notices.tasks.send_lines",
    "sms": "notices.tasks.send_texts",
    "campaign": "notices.tasks.run_campaigns",
    "filing": "notices.tasks.remind_to_file",
    "topic": "notices.tasks.spread_news",
    "circular": "notices.tasks.tell_of_circulars",
    "letters": "notices.tasks.build_letters",
    "check": "notices.tasks.check_uploads",
}
# where the department stands that may see it; mails, checks and news are everybody's
_DEPARTMENTS: dict[type[Work], str] = {
    DocumentJob: "notice__department",
    Campaign: "department",
    FilingReminder: "campaign__department",
    LetterRun: "department",
    **dict.fromkeys((OutgoingPush, OutgoingLine, OutgoingSms), "delivery__notice__department"),
}
_UNREAD: dict[type[Work], tuple[str, ...]] = {
    OutgoingMail: ("body", "body_html"),
    OutgoingPush: ("body",),
    OutgoingLine: ("text",),
    OutgoingSms: ("text",),
    TopicMessage: ("body",),
}
# a row that is claimed again and again without an end is a failure too: its workers may be dying of it
MANY_ATTEMPTS = 3
_FAILED = Q(state__in=(WorkState.FAILED, WorkState.UNCERTAIN, WorkState.GIVEN_UP)) | Q(
    state=WorkState.RUNNING, finished_at__isnull=True, attempts__gte=MANY_ATTEMPTS
)
MOST_ROWS = 100
PAGE_SIZE = 50
RETRIED_AT_ONCE = 500
VIEW: Final = "notices.view_failures"
RETRY: Final = "notices.retry_failures"


class WordsWiped(DomainError):
    """What it said was wiped after its time: a second try would be an empty mail."""

    code = "words_wiped"
    message = gettext_lazy(
        "保存期間が過ぎて本文を消去したため、再試行できません。必要なときは、新しく通知を送るか、電話や郵送でご連絡ください。"
    )


@dataclass(frozen=True)
class Failure:
    """One row of the failures page. `title` names no person."""

    kind: str
    kind_label: str
    id: int
    title: str
    state: WorkState
    reason: str
    attempts: int
    created_at: dt.datetime
    next_try_at: dt.datetime | None
    # the notice it makes or tells of, "" for other work and where the viewer may not see it
    notice_id: str
    # its words were wiped after their time: nothing is left to send
    is_wiped: bool = False

    @property
    def age(self) -> dt.timedelta:
        return timezone.now() - self.created_at

    @property
    def may_be_retried(self) -> bool:
        """A running row belongs to its worker until the lease ends, and nothing is left of a wiped one."""
        return self.state != WorkState.RUNNING and not self.is_wiped

    @property
    def may_be_settled(self) -> bool:
        """Nobody knows whether it arrived: a person may say so, after asking the provider or the recipient."""
        return self.state == WorkState.UNCERTAIN


@dataclass(frozen=True)
class KindCount:
    """How much work of one kind failed."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True)
class FailurePage:
    """Failures of one kind, the oldest first; `next_cursor` is empty on the last page."""

    rows: list[Failure]
    next_cursor: str


def failures(user: User, *, limit: int = MOST_ROWS) -> list[Failure]:
    """Failed work that a member of staff may see, that which waits for a person first, then the oldest.

    After an outage there is more than one page can hold: `failures_of` reads on, kind by kind.
    """
    found = [
        _describe(kind, row, user)
        for kind, model in _MODELS.items()
        for row in _failed(model, user).order_by("id")[:limit]
    ]
    return sorted(found, key=lambda failure: (failure.state == WorkState.FAILED, failure.created_at))[:limit]


def failures_of(kind: str, user: User, *, after: str = "", size: int = PAGE_SIZE) -> FailurePage:
    """One page of the failed work of a kind that a member of staff may see. Raises KeyError (no such kind)."""
    page = keyset_page(_failed(_MODELS[kind], user), order=("id",), after=after, size=size)
    return FailurePage([_describe(kind, row, user) for row in page.rows], page.next_cursor)


def counts_by_kind(user: User) -> list[KindCount]:
    """How much failed, of the kinds of which something did; one query."""
    first, *others = (
        _bare(model, user).order_by().values(kind=Value(kind)).annotate(count=Count("pk"))
        for kind, model in _MODELS.items()
    )
    counts = {row["kind"]: row["count"] for row in first.union(*others, all=True)}
    return [
        KindCount(kind, str(model._meta.verbose_name), counts[kind])
        for kind, model in _MODELS.items()
        if counts.get(kind)
    ]


def count_failures(user: User) -> int:
    """How many rows the page would show, in one query; indexes on the failed states keep it cheap."""
    first, *others = (_bare(model, user).order_by().values_list("pk") for model in _MODELS.values())
    return first.union(*others, all=True).count()


def count_own_failures(user: User, limit: int) -> int:
    """Failed documents and letters of the departments a person works for, counting no further than `limit`."""
    departments = scope_of(user).department_ids
    jobs = DocumentJob.objects.filter(_FAILED, notice__department__in=departments)
    runs = LetterRun.objects.filter(_FAILED, department__in=departments)
    return min(limit, sum(len(rows.values_list("pk")[:limit]) for rows in (jobs, runs)))


def retry_failure(kind: str, pk: int, *, by: User) -> None:
    """Try a failed row again now; audited. Raises KeyError (no such kind), DoesNotExist, StaleState, WordsWiped."""
    model = _MODELS[kind]
    row = model._default_manager.filter(_seen_by(model, by, RETRY)).get(pk=pk)
    if _is_wiped(row):
        raise WordsWiped
    retry(row, by=by)
    wake(_TASKS[kind])


def retry_failures(kind: str, *, by: User, limit: int = RETRIED_AT_ONCE) -> int:
    """Try the oldest failed rows of a kind again now, at most `limit`; the number of them, audited.

    Those of which nobody knows whether they arrived wait for a person, one by one. Raises KeyError (no such kind).
    """
    model = _MODELS[kind]
    rows: QuerySet[Any] = model._default_manager.filter(_seen_by(model, by, RETRY))
    if model is OutgoingMail:
        rows = rows.filter(wiped_at__isnull=True)
    count = retry_all(rows, by=by, limit=limit)
    if count:
        wake(_TASKS[kind])
    return count


def settle_failure(kind: str, pk: int, *, by: User) -> None:
    """Take an uncertain row as arrived, because a person found out; audited, and evidence of the notice it told of.

    Raises KeyError (no such kind), DoesNotExist, StaleState (it is not uncertain any more).
    """
    model = _MODELS[kind]
    row = model._default_manager.filter(_seen_by(model, by, RETRY)).get(pk=pk)
    now = timezone.now()
    with transaction.atomic():
        settle(row, by=by, now=now)
        if isinstance(row, OutgoingMail | OutgoingAlert):
            record_told(row, moment=now, by=by, detail=_("職員が到達を確認"))


def _bare(model: type[Work], user: User) -> QuerySet[Any]:
    manager: Any = model._default_manager
    rows: QuerySet[Any] = manager.filter(_FAILED, _seen_by(model, user, VIEW))
    return rows


def _failed(model: type[Work], user: User) -> QuerySet[Any]:
    failed = _bare(model, user)
    if model is DocumentJob:
        return failed.select_related("notice").defer(*_texts_of("notice"))
    if model in _UNREAD:
        # what was written may be long, and is nobody's business here
        failed = failed.defer(*_UNREAD[model])
    if model is FilingReminder:
        return failed.select_related("campaign")
    if model is CircularRound:
        return failed.select_related("circular").defer("circular__body")
    if model is OutgoingMail:
        unread = (*_UNREAD[model], *_texts_of("delivery__notice"))
        return failed.select_related("delivery__notice").defer(*unread)
    if issubclass(model, OutgoingAlert):
        unread = (*_UNREAD[model], *_texts_of("delivery__notice"), "topic_message__body")
        return failed.select_related("delivery__notice", "topic_message", "account_alert").defer(*unread)
    return failed


def _texts_of(notice: str) -> list[str]:
    return [f"{notice}__{name}" for name in ("body", "particulars", "appeal_text", "translations")]


def _seen_by(model: type[Work], user: User, permission: str) -> Q:
    """Work of departments where the person may do this; what belongs to no department is everybody's."""
    path = _DEPARTMENTS.get(model)
    departments = departments_where(user, permission)
    if path is None or departments is None:
        return Q()
    return Q((f"{path}__in", departments)) | Q((f"{path}__isnull", True))


def _describe(kind: str, row: Work, user: User) -> Failure:
    state = WorkState(row.state)
    notice = _notice_of(row)
    if notice is not None and not may_in(user, "notices.view_notice", notice.department_id):
        notice = None
    return Failure(
        kind=kind,
        kind_label=str(row._meta.verbose_name),
        id=row.pk,
        title=_title_of(row, notice),
        state=state,
        reason=row.last_error,
        attempts=row.attempts,
        created_at=row.created_at,
        next_try_at=row.due_at if state == WorkState.FAILED else None,
        notice_id=notice.public_id if notice else "",
        is_wiped=_is_wiped(row),
    )


def _is_wiped(row: Work) -> bool:
    return isinstance(row, OutgoingMail) and row.wiped_at is not None


def _notice_of(row: Work) -> Notice | None:
    """The notice that a document is of, or that a mail or an alert tells of."""
    if isinstance(row, DocumentJob):
        return row.notice
    if isinstance(row, OutgoingMail | OutgoingAlert):
        # a mail without a telling has no such attribute
        delivery = getattr(row, "delivery", None)
        return delivery.notice if delivery else None
    return None


def _title_of(row: Work, notice: Notice | None) -> str:
    title = _("アップロードされたファイル")
    match row:
        case DocumentJob():
            title = _("通知 %(number)s") % {"number": format_number(row.notice.number)}
        case OutgoingMail() if notice is not None:
            title = _("%(subject)s（通知 %(number)s）") % {
                "subject": row.subject,
                "number": format_number(notice.number),
            }
        case OutgoingMail():
            title = row.subject
        case OutgoingAlert():
            title = _alert_title(row)
        case Campaign() | TopicMessage():
            title = str(row)
        case CircularRound():
            title = row.circular.title
        case FilingReminder():
            title = row.campaign.name
        case LetterRun():
            title = _("%(time)s の郵送") % {"time": row}
    return title


def _alert_title(alert: OutgoingAlert) -> str:
    if alert.delivery is not None:
        return _("通知 %(number)s のお知らせ") % {"number": format_number(alert.delivery.notice.number)}
    if alert.account_alert is not None:
        return str(alert.account_alert)
    return alert.topic_message.title if alert.topic_message is not None else _("確認番号")
