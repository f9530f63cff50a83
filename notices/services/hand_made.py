"""The one-time code of a letter that a person makes: on the cover of every other letter it is printed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.models import Notice
from notices.services.events import record_event
from notices.services.posting import lacks_document
from notices.services.receipts import code_of


def may_show_code(notice: Notice) -> bool:
    """Whether a person makes the letter of this notice now, and it carries a code.

    That is a notice whose document cannot be made, or a letter the law wants that a run could not print.
    """
    if not notice.one_time_code or notice.state == NoticeState.WITHDRAWN:
        return False
    return lacks_document(notice) or (notice.paper_required and _is_held_up(notice))


def show_code_for_letter(notice: Notice, *, by: User, now: dt.datetime | None = None) -> str:
    """The code in clear, for the letter that this member of staff makes; evidence of the notice, and audited.

    Each time is an event of its own. Raises StaleState (nobody makes it by hand, or there is no code), CannotDecrypt.
    """
    with transaction.atomic():
        row = Notice.objects.select_for_update(of=("self",), no_key=True).get(pk=notice.pk)
        if not may_show_code(row):
            raise StaleState
        code = code_of(row)
        detail = _("手作業で作成する手紙のため職員が表示")
        record_event(row, ReceiptKind.CODE_SHOWN, by=by, moment=now or timezone.now(), detail=detail)
        audit.record(
            action=AuditAction.READ,
            actor=by,
            target_type="notice",
            target_id=notice.public_id,
            target_label=notice.number,
            detail="one-time code shown",
            department_code=notice.department.code,
        )
    return code


def _is_held_up(notice: Notice) -> bool:
    newest = notice.letters.order_by("-id").first()
    return notice.paper_state == PaperState.PRINTING and newest is not None and newest.problem != ""
