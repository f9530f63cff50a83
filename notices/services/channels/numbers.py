"""A mobile number, proven by a code that is sent to it."""

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.crypto import encrypt
from cityhall.db import violated
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.queries.city import municipality
from cityhall.queue import wake
from cityhall.rate_limits import is_within_limit_of
from notices.enums import Channel
from notices.models import OutgoingSms, SmsNumber
from notices.services.alerts.accounts import tell_of_ended_way
from residents.phones import parse_mobile

CODE_DIGITS = 6
CODE_LIFETIME = dt.timedelta(minutes=10)
MAX_TRIES = 5
# networks block numbers that get many texts, and each costs the city money
_CODES_PER_HOUR = 3
_OF_ONE_ACCOUNT = "sms_number_of_one_account"


class TooManyCodes(DomainError):
    """Codes were asked for too often: by this person, or for this number."""

    code = "too_many_codes"
    message = gettext_lazy("確認番号を続けて送ることはできません。1時間ほど待ってから、もう一度お試しください。")


class CodeRefused(DomainError):
    """Wrong, used or expired; which of them is not told."""

    code = "sms_code_refused"
    message = gettext_lazy(
        "確認番号が正しくないか、期限が切れています。番号をお確かめのうえ、必要なら送り直してください。"
    )


def start_number(user: User, *, phone: str, now: dt.datetime | None = None) -> SmsNumber:
    """Note the number and send it a code of six digits for ten minutes; an earlier number ends.

    Raises NotMobile, TooManyCodes.
    """
    number = parse_mobile(phone)
    is_allowed = [
        is_within_limit_of(whom, "sms-code", times=_CODES_PER_HOUR, seconds=3600)
        for whom in (number, f"user {user.pk}")
    ]
    if not all(is_allowed):
        raise TooManyCodes
    moment = now or timezone.now()
    code = "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))
    with transaction.atomic():
        row, _made = SmsNumber.objects.update_or_create(
            user=user,
            defaults={
                "number": number,
                "code_hash": _hash(user, code),
                "code_expires_at": moment + CODE_LIFETIME,
                "code_tries": 0,
                "verified_at": None,
                "ended_at": None,
            },
        )
        text = _("%(city)s：確認番号は %(code)s です。10分以内に、画面に入力してください。")
        said = text % {"city": municipality().name, "code": code}
        OutgoingSms.objects.create(sms_number=row, text=encrypt(said), is_encrypted=True, due_at=moment)
        wake("notices.tasks.send_texts")
    return row


def prove_number(user: User, *, code: str, now: dt.datetime | None = None) -> SmsNumber:
    """Take the code of the text message: from now on alerts go to the number. Five tries. Raises CodeRefused.

    Numbers change hands: an account that had proven it before is told there no longer, and learns so by its other ways.
    """
    moment = now or timezone.now()
    waiting = SmsNumber.objects.filter(user=user, code_expires_at__gt=moment, ended_at__isnull=True)
    # its own statement, committed whatever comes next: a wrong code must cost a try
    if not waiting.filter(code_tries__lt=MAX_TRIES).update(code_tries=F("code_tries") + 1):
        raise CodeRefused
    right = waiting.filter(code_hash=_hash(user, code))
    try:
        _take_over(right, moment)
    except IntegrityError as error:
        if violated(error) != _OF_ONE_ACCOUNT:
            raise
        # another account proved it at this moment: its proof is there to be seen now
        _take_over(right, moment)
    return SmsNumber.objects.get(user=user)


def _take_over(right: QuerySet[SmsNumber], moment: dt.datetime) -> None:
    """Give the number to who has the right code; once. Raises CodeRefused."""
    with transaction.atomic():
        row = right.first()
        if row is None:
            raise CodeRefused
        older = SmsNumber.objects.filter(number=row.number, verified_at__isnull=False, ended_at__isnull=True)
        for other in older.exclude(pk=row.pk).select_related("user").order_by("pk"):
            if end_number(other.user, now=moment):
                tell_of_ended_way(other.user, Channel.SMS, moment=moment)
        if not right.update(verified_at=moment, code_hash="", code_expires_at=None, code_tries=0):
            raise CodeRefused


def end_number(user: User, *, now: dt.datetime | None = None) -> bool:
    """Send no more texts, and forget the number."""
    open_ones = SmsNumber.objects.filter(user=user, ended_at__isnull=True)
    return bool(
        open_ones.update(
            ended_at=now or timezone.now(), number="", verified_at=None, code_hash="", code_expires_at=None
        )
    )


def _hash(user: User, code: str) -> str:
    """Keyed, because six digits alone could be tried out against the database."""
    return hmac.digest(settings.LINK_KEY.encode(), f"sms\x1f{user.pk}\x1f{code}".encode(), hashlib.sha256).hex()
