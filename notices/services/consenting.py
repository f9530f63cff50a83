"""The end of the consent to digital delivery: written down, and what is not opened goes out on paper."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.errors import DomainError
from cityhall.models import User
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.models import Notice
from notices.queries.consent import not_opened_by_consent
from notices.rules import CONSENT_TEXT_VERSION
from notices.services.events import record_events
from residents.enums import ConsentKind
from residents.models import Resident
from residents.queries import row_ids_of
from residents.services import consents


class NoConsent(DomainError):
    """There is nothing to withdraw: all their notices go by post."""

    code = "no_consent"
    message = gettext_lazy("この方は電子での受け取りに同意していません。通知は郵送でお届けしています。")


def withdraw_consent(
    *, resident: Resident, by: User, said: consents.Said | None = None, now: dt.datetime | None = None
) -> int:
    """End the consent of a person and make what they have not opened due for a letter; the number of letters.

    `said`: how staff heard of it, when the person did not press the button. Twice is once: the second finds no
    consent. What was delivered stays delivered, and who opens before the letter is printed gets none. Audited; each
    letter is an event of its notice. Locks the resident, then the notices, also those whose document is being made:
    they are published by the word that is the newest then. Raises NoConsent.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        person = Resident.objects.select_for_update(of=("self",), no_key=True).get(pk=resident.pk)
        if not consents.agreed_text(person, ConsentKind.DIGITAL_NOTICE):
            raise NoConsent
        consents.withdraw(
            resident=person,
            kind=ConsentKind.DIGITAL_NOTICE,
            text_version=CONSENT_TEXT_VERSION,
            by=by,
            said=said,
            now=moment,
        )
        return _send_on_paper(person, by=by, moment=moment)


def _send_on_paper(person: Resident, *, by: User, moment: dt.datetime) -> int:
    under_way = Notice.objects.filter(
        recipient__in=row_ids_of(person), state__in=[NoticeState.DRAFT, NoticeState.AVAILABLE]
    )
    # taken in the order of their ids, as everybody does who locks several
    list(under_way.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    ids = list(not_opened_by_consent(person).values_list("pk", flat=True))
    Notice.objects.filter(pk__in=ids).update(paper_state=PaperState.DUE, paper_due_at=moment, reminder_due_at=None)
    record_events(ids, ReceiptKind.PAPER_DUE, moment=moment, by=by, detail=_("電子での受け取りの同意が撤回されたため"))
    return len(ids)
