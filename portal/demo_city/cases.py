"""Cases in every state and notices at every step, made by the services people use."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from applications import definition
from applications.enums import FILE_TYPES, DecisionKind
from applications.enums import ApplicationState as State
from applications.models import Application, Procedure
from applications.row_paths import find
from applications.services import casework, drafts, starting, submission, uploads, withdrawal
from cityhall.enums import Role
from cityhall.models import User
from cityhall.services.files import check_pending_files
from notices.enums import NoticeState
from notices.models import Notice
from notices.services import confirm_notice, open_notice
from notices.tasks import make_documents, send_mails
from portal.demo_city.accounts import STAFF
from portal.demo_city.answers import fill, paper
from portal.demo_city.fees import take_fees
from portal.demo_city.worker import until_done
from residents.models import Resident

_REASON: Final = "必要な書類が確認できなかったため。"
# what was granted: these notices have a heading for it
_GRANTED: Final = {
    "hoiku-riyo-moshikomi": "みどり第一保育園　保育標準時間（11時間）　来月1日から",
    "kodomo-iryohi": "医療証は、別に郵送します。",
    "risai-shomei": "半壊",
    "yokaigo-nintei": "要介護2　有効期間12か月",
}


@dataclass(frozen=True)
class Case:
    """Who applied for what, how many days ago, how far it came, and what became of its notice."""

    applicant: int
    procedure: str
    days_ago: int
    state: State
    notice: NoticeState | None = None
    is_refused: bool = False
    is_reopened: bool = False


CASES: Final = (
    Case(0, "suido-kaishi", 0, State.DRAFT),
    Case(0, "hokago-jidokai-nyukai", 2, State.SUBMITTED),
    Case(0, "kodomo-iryohi", 12, State.APPROVED, NoticeState.AVAILABLE),
    Case(0, "inu-toroku", 20, State.COMPLETED, NoticeState.CONFIRMED),
    Case(1, "yokaigo-nintei", 9, State.APPROVING),
    Case(1, "risai-shomei", 30, State.APPROVED, NoticeState.AVAILABLE),
    Case(2, "hoiku-riyo-moshikomi", 25, State.APPROVED, NoticeState.OPENED),
    Case(2, "jido-teate-nintei", 5, State.RETURNED),
    Case(2, "sodai-gomi", 1, State.WITHDRAWN),
    Case(3, "juminhyo-seikyu", 3, State.REFUSED, NoticeState.AVAILABLE, is_refused=True),
    Case(3, "kokuho-soshitsu", 6, State.IN_REVIEW),
    Case(4, "risai-shomei", 4, State.IN_REVIEW),
    Case(4, "tokutei-kenshin", 1, State.SUBMITTED),
    Case(3, "ninshin-todokede", 15, State.IN_REVIEW, NoticeState.AVAILABLE, is_reopened=True),
    Case(5, "jido-teate-nintei", 1, State.SUBMITTED),
    Case(5, "suido-chushi", 2, State.DRAFT),
)


def load_cases(heads: list[Resident]) -> int:
    """Make the cases that are not there yet, with their notices; how many are new.

    The signed documents are made at once when the city has its key (`make_demo_ca`), else by the worker later.
    """
    procedures = {procedure.key: procedure for procedure in published_procedures()}
    made: list[tuple[Case, Application]] = []
    for number, case in enumerate(CASES, start=1):
        if case.applicant < len(heads) and case.procedure in procedures:
            application = _make(f"demo-{number}", case, procedures[case.procedure], heads[case.applicant])
            if application is not None:
                made.append((case, application))
    if made:
        check_pending_files(limit=100)
        _deliver(made)
    return len(made)


def published_procedures() -> Iterator[Procedure]:
    return Procedure.objects.published().select_related("current_version", "department").iterator()


@transaction.atomic
def _make(key: str, case: Case, procedure: Procedure, resident: Resident) -> Application | None:
    """One case, moved step by step to its state; None when an earlier run made it."""
    filed = timezone.now() - dt.timedelta(days=case.days_ago)
    application = begin(key, procedure, resident, now=filed)
    if application is None or application.filed_by is None or case.state == State.DRAFT:
        return application
    application = submission.submit(application=application, by=application.filed_by, now=filed)
    if case.state == State.WITHDRAWN:
        return withdrawal.withdraw(application=application, by=application.filed_by, now=filed)
    if case.state != State.SUBMITTED:
        # filed days ago, worked on today: the notice, its mail and its opening follow within minutes of each other
        _review(application, case, timezone.now())
    return application


def begin(
    key: str, procedure: Procedure, resident: Resident, *, now: dt.datetime, **for_whom: Any
) -> Application | None:
    """A draft with everything filled in; None when an earlier run made it. `for_whom` goes to `starting.start`."""
    user = resident.user
    if user is None or Application.objects.filter(request_key=f"{user.pk}:{key}").exists():
        return None
    application = starting.start(procedure=procedure, resident=resident, by=user, request_key=key, now=now, **for_whom)
    _fill(application, application.resident or resident, user)
    return application


def _fill(application: Application, resident: Resident, user: User) -> None:
    """Type every page, attach what is asked for."""
    form = definition.form_of(application.form_version)
    values = fill(form, resident, application.draft_answers)
    for page in form.pages:
        keys = {field.key for field in page.fields}
        page_values = {key: value for key, value in values.items() if key in keys}
        drafts.save_page(application=application, page=page, values=page_values, expected_revision=None)
    application.refresh_from_db()
    for problem in submission.check_draft(application).problems:
        # what a draft lacks now is papers: they depend on the answers, and may stand in rows
        question = find(form.fields, problem.key)
        if question is not None and question.type in FILE_TYPES:
            uploads.attach(application=application, field=question, upload=paper(), by=user)


def _review(application: Application, case: Case, now: dt.datetime) -> None:
    handler, approver = staff_of(application)
    casework.take(application=application, by=handler, now=now)
    if case.state == State.RETURNED:
        casework.return_for_correction(
            application=application,
            message="お手数ですが、次の点をご確認ください。",
            comments={"account": "金融機関名と支店名をもう一度ご確認ください。"},
            by=handler,
            now=now,
        )
    if case.state in (State.RETURNED, State.IN_REVIEW) and not case.is_reopened:
        return
    decision = DecisionKind.REFUSE if case.is_refused else DecisionKind.APPROVE
    reason = _REASON if case.is_refused else _GRANTED.get(case.procedure, "")
    if application.procedure.needs_approval:
        casework.propose(application=application, decision=decision, reason=reason, by=handler, now=now)
        if case.state == State.APPROVING:
            return
        casework.approve_proposal(application=application, by=approver, now=now)
    else:
        casework.decide(application=application, decision=decision, reason=reason, by=handler, now=now)
    if case.state == State.COMPLETED:
        if application.awaits_visit:
            casework.hold_visit(application=application, by=handler, now=now)
        take_fees(application, by=handler, now=now)
        casework.complete(application=application, by=handler, now=now)
    if case.is_reopened:
        casework.reopen(application=application, reason="申請者から記載誤りの連絡があったため。", by=handler, now=now)


def staff_of(application: Application) -> tuple[User, User]:
    """Handler and approver of the case's department, the first of each."""
    code = application.department.code
    roles = {account.role: account.email for account in reversed(STAFF) if code in account.departments}
    return User.objects.get(email=roles[Role.HANDLER]), User.objects.get(email=roles[Role.APPROVER])


def _deliver(made: list[tuple[Case, Application]]) -> None:
    """Set and sign the documents, then let the residents open what they have opened."""
    if not settings.SIGNING_KEY_PATH.exists():
        return
    until_done(make_documents)
    if settings.DEMO:
        until_done(send_mails)
    for case, application in made:
        if case.notice not in (NoticeState.OPENED, NoticeState.CONFIRMED):
            continue
        notice = Notice.objects.filter(source_id=application.public_id, state=NoticeState.AVAILABLE).first()
        if notice is None or application.resident is None or application.resident.user is None:
            continue
        open_notice(notice, by=application.resident.user)
        if case.notice == NoticeState.CONFIRMED:
            confirm_notice(notice, by=application.resident.user)
