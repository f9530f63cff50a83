"""Steps of a handler: take, assign, ask for a correction, complete, reopen."""

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicationState, DecisionKind, EventKind
from applications.hindrances import Hindered
from applications.models import Application, CorrectionRequest
from applications.permissions import CaseAction
from applications.queries.cases import notices_of
from applications.queries.fees import unpaid_before_issue
from applications.queries.scope import may
from applications.services.casework.steps import check_step, need_reason, record_step
from applications.services.editing import reset_draft
from applications.services.fees.charging import let_go
from applications.services.mails import Occasion, tell_applicant
from applications.services.states import change, move
from cityhall.db import violated
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from notices.enums import NoticeState
from notices.services import withdraw


class NothingToCorrect(DomainError):
    """A correction was asked for without saying what."""

    code = "nothing_to_correct"
    message = _("補正してほしい項目か、全体へのコメントを一つ以上入力してください。")


class NotAHandler(DomainError):
    """The person chosen may not process this case."""

    code = "not_a_handler"
    message = _("選んだ職員はこの申請を担当できません。別の職員を選んでください。")


class VisitAwaited(DomainError):
    """A procedure that is sent ahead is finished when the person was here."""

    code = "visit_awaited"
    message = _("来庁または面接がまだ記録されていません。来庁・面接を記録してから完了してください。")


def take(*, application: Application, by: User, now: dt.datetime | None = None) -> Application:
    """Start the review of a submitted case; the person becomes its handler. Audited."""
    check_step(application=application, action=CaseAction.TAKE, by=by)
    with transaction.atomic():
        move(application, to=ApplicationState.IN_REVIEW, event=EventKind.TAKEN, by=by, now=now, handler=by)
        record_step(application=application, action=CaseAction.TAKE, by=by, changed=("state", "handler"))
    return application


def assign(*, application: Application, handler: User, by: User) -> Application:
    """Give an open case to another handler; the state stays, the revision rises. Audited.

    Raises NotAHandler when that person may not process the case.
    """
    check_step(application=application, action=CaseAction.ASSIGN, by=by)
    if not may(handler, application, CaseAction.RETURN):
        raise NotAHandler
    with transaction.atomic():
        change(application, handler=handler)
        record_step(application=application, action=CaseAction.ASSIGN, by=by, changed=("handler",))
    return application


def return_for_correction(
    *,
    application: Application,
    message: str,
    comments: Mapping[str, str],
    by: User,
    now: dt.datetime | None = None,
) -> CorrectionRequest:
    """Ask the applicant to correct answers, with a comment at each field. Audited; queues a mail without content.

    `comments` is keyed by field; the form knows which keys there are. Raises NothingToCorrect.
    """
    check_step(application=application, action=CaseAction.RETURN, by=by)
    wanted = {key: text.strip() for key, text in comments.items() if text.strip()}
    if not wanted and not message.strip():
        raise NothingToCorrect
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            move(application, to=ApplicationState.RETURNED, event=EventKind.RETURNED, by=by, now=moment)
            request = CorrectionRequest.objects.create(
                application=application, message=message.strip(), comments=wanted, asked_by=by, asked_at=moment
            )
            # changes that were never sent are no part of the case
            reset_draft(application, now=moment)
            tell_applicant(application, Occasion.CORRECTION)
            record_step(application=application, action=CaseAction.RETURN, by=by, changed=("state",))
    except IntegrityError as error:
        if violated(error) == "correction_one_open_per_application":
            raise StaleState from error
        raise
    return request


def complete(*, application: Application, by: User, now: dt.datetime | None = None) -> Application:
    """Close a decided case: nothing is left to do. Audited; queues a mail without content.

    Raises VisitAwaited while the visit or interview of a procedure that is sent ahead is to come, Hindered while
    a fee of what is handed out is due.
    """
    check_step(application=application, action=CaseAction.COMPLETE, by=by)
    if application.awaits_visit:
        raise VisitAwaited
    unpaid = unpaid_before_issue(application)
    if unpaid:
        raise Hindered(unpaid)
    with transaction.atomic():
        # the case before its fees, as everybody locks them
        move(application, to=ApplicationState.COMPLETED, event=EventKind.COMPLETED, by=by, now=now)
        if application.decision == DecisionKind.REFUSE:
            # a payment that is taken back this moment stays due after an approval
            let_go(application, by=by, now=now or timezone.now())
        record_step(application=application, action=CaseAction.COMPLETE, by=by, changed=("state",))
        tell_applicant(application, Occasion.COMPLETED)
    return application


def reopen(*, application: Application, reason: str, by: User, now: dt.datetime | None = None) -> Application:
    """Take a decided case back into review, with the reason in its history. Audited.

    The notice of the decision is withdrawn: the check page must not confirm what is being decided anew.
    The former decision stays in the events. Raises ReasonMissing.
    """
    check_step(application=application, action=CaseAction.REOPEN, by=by)
    text = need_reason(reason)
    with transaction.atomic():
        move(
            application,
            to=ApplicationState.IN_REVIEW,
            event=EventKind.REOPENED,
            by=by,
            note=text,
            now=now,
            handler=by,
            decision="",
            decision_reason="",
            decided_by=None,
            decided_at=None,
        )
        for notice in notices_of(application).exclude(state=NoticeState.WITHDRAWN):
            # the reason typed in is for the staff; the applicant reads this one
            withdraw(notice, by=by, reason=gettext("決定を見直すため、審査を再開しました。"), now=now)
        record_step(application=application, action=CaseAction.REOPEN, by=by, changed=("state", "handler", "decision"))
    return application
