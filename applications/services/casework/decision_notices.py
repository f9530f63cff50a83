"""The notice of a decision: which kind, to whom, with which values, and the mark of its words."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict

from applications.enums import DecisionKind
from applications.models import Application
from applications.queries.cases import SOURCE_TYPE
from applications.queries.letters import letter_values
from cityhall.days import local_date, wareki
from cityhall.models import User
from notices import services as notices
from notices.models import Notice, NoticeType


def issue_decision_notice(application: Application, *, by: User, now: dt.datetime) -> Notice | None:
    """Make the notice of the decision just written, inside the caller's transaction.

    Nothing is made when the procedure names no kind of notice, or when nobody with a resident's page
    applied (a business, a guest at the counter): the case page tells the handler to answer another way.
    """
    procedure = application.procedure
    notice_type = notice_type_of(application, DecisionKind(application.decision))
    if notice_type is None or application.resident is None:
        return None
    return notices.issue(
        notice_type=notice_type,
        recipient=application.resident,
        subject=application.resident,
        department=application.department,
        values=notice_values(
            application, decision=DecisionKind(application.decision), reason=application.decision_reason, now=now
        ),
        source_type=SOURCE_TYPE,
        source_id=application.public_id,
        source_label=procedure.name,
        # the revision of the move: a decision after a reopening is another notice, a repeated one is not
        request_key=f"application:{application.pk}:decision:{application.revision}",
        by=by,
        now=now,
    )


def words_of(notice: Notice) -> notices.NoticeText:
    """The words of a notice that was made, as its document will carry them."""
    return notices.NoticeText(
        title=notice.title, body=notice.body, appeal_text=notice.appeal_text, particulars=notice.particulars
    )


def mark_of(text: notices.NoticeText | None) -> str:
    """Tells one letter from another by its words alone (SHA-256); that there is none has a mark too."""
    words = json.dumps(asdict(text) if text else None, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def decision_letter_of(
    application: Application, *, decision: DecisionKind, reason: str, now: dt.datetime
) -> notices.NoticeText | None:
    """The words of the notice that a decision would make; None where it makes none. Writes nothing."""
    notice_type = notice_type_of(application, decision)
    if notice_type is None or application.resident is None:
        return None
    return notices.preview(
        notice_type=notice_type,
        recipient=application.resident,
        department=application.department,
        values=notice_values(application, decision=decision, reason=reason, now=now),
        source_label=application.procedure.name,
        now=now,
    )


def notice_type_of(application: Application, decision: DecisionKind) -> NoticeType | None:
    """The kind of notice that tells of a decision, if the procedure names one."""
    procedure = application.procedure
    return procedure.approval_notice_type if decision == DecisionKind.APPROVE else procedure.refusal_notice_type


def notice_values(application: Application, *, decision: DecisionKind, reason: str, now: dt.datetime) -> dict[str, str]:
    """What the text of a decision notice may name (`applications.letters`), dates in the era calendar."""
    return letter_values(application) | {
        "decision": str(decision.label),
        "decision_date": wareki(local_date(now)),
        "reason": reason,
    }
