"""Letters that the post brought back, read from their code or typed by number; reading one twice is one return.

The wrong one read is undone: the event stays, another one takes it back.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.references import is_valid_number, normalize_number
from cityhall.services import audit
from notices.enums import PaperState, ReceiptKind
from notices.models import Notice, ReceiptEvent
from notices.services.events import record_events
from notices.services.posting import mark_returned, take_effect

_LINK = re.compile(r"/verify/([0-9]{11})")


class UnknownLetter(DomainError):
    """No notice that the person may see has this number."""

    code = "unknown_letter"
    message = _("この番号の通知は見つかりません。手紙のQRコードか、11桁の通知番号をもう一度読み取ってください。")


class NotPosted(DomainError):
    """The notice was never handed to the post."""

    code = "not_posted"
    message = _("この通知は発送済みになっていません。郵送の画面で発送日を記録してから、もう一度読み取ってください。")


@dataclass(frozen=True)
class Returned:
    """A letter that came back; `was_known` when somebody had entered it before."""

    notice: Notice
    was_known: bool


def take_back(
    code: str, *, letters: QuerySet[Notice], by: User, reason: str, now: dt.datetime | None = None
) -> Returned:
    """Record that a letter came back. `letters` are the notices the person may see.

    Raises UnknownLetter, NotPosted.
    """
    number = number_in(code)
    notice = letters.filter(number=number).first() if is_valid_number(number) else None
    if notice is None:
        raise UnknownLetter
    try:
        mark_returned(notice, by=by, reason=reason, now=now)
    except StaleState:
        notice.refresh_from_db(fields=["paper_state"])
        if notice.paper_state != PaperState.RETURNED:
            raise NotPosted from None
        return Returned(notice, was_known=True)
    notice.refresh_from_db(fields=["paper_state"])
    return Returned(notice, was_known=False)


def undo_return(notice: Notice, *, by: User, now: dt.datetime | None = None) -> None:
    """Say that a letter did not come back after all: it is posted again, with the day of effect it had. Audited.

    Raises StaleState: it is not entered as returned, or goes out again already.
    """
    with transaction.atomic():
        returned = Notice.objects.filter(pk=notice.pk, paper_state=PaperState.RETURNED)
        if not returned.update(paper_state=PaperState.POSTED):
            raise StaleState
        newest = notice.letters.order_by("-id").first()
        if newest is not None:
            newest.returned_at, newest.returned_reason = None, ""
            newest.save(update_fields=["returned_at", "returned_reason"])
        _take_effect_again(notice)
        record_events([notice.pk], ReceiptKind.RETURN_UNDONE, by=by, moment=now or timezone.now())
        audit.record(
            action=AuditAction.STATE,
            actor=by,
            target_type="notice",
            target_id=notice.public_id,
            target_label=notice.number,
            detail="return_undone",
            department_code=notice.department.code,
        )


def _take_effect_again(notice: Notice) -> None:
    posted = ReceiptEvent.objects.filter(notice=notice, kind=ReceiptKind.POSTED).order_by("-id").first()
    row = Notice.objects.select_related("version__notice_type").get(pk=notice.pk)
    if posted is not None:
        take_effect([row], posted_on=local_date(posted.occurred_at))


def number_in(code: str) -> str:
    """The number in what a scanner typed (the check page's address, perhaps in full width) or a person did."""
    text = unicodedata.normalize("NFKC", code)
    found = _LINK.search(text)
    return found[1] if found else normalize_number(text)
