"""Letters that the post brought back, read from their code or typed by number; reading one twice is one return."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.references import is_valid_number, normalize_number
from notices.enums import PaperState
from notices.models import Notice
from notices.services.posting import mark_returned

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


def number_in(code: str) -> str:
    """The number in what a scanner typed (the check page's address, perhaps in full width) or a person did."""
    text = unicodedata.normalize("NFKC", code)
    found = _LINK.search(text)
    return found[1] if found else normalize_number(text)
