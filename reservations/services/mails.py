"""Mails to who has booked. They go into the outbox in the transaction they tell of: no mail without a booking."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from cityhall.enums import Lane
from cityhall.models import Municipality
from cityhall.references import format_number
from notices.models import OutgoingMail
from notices.services.mail import make_mail, wake_sender
from reservations.codes import page_url
from reservations.enums import ReservationChannel
from reservations.models import Place, Reservation, WaitlistEntry
from reservations.queries import known
from residents.queries import mail_address_of


class Occasion(StrEnum):
    """What somebody is told of."""

    BOOKED = auto()
    MOVED = auto()
    CHANGED = auto()
    CANCELLED = auto()
    CANCELLED_BY_CITY = auto()
    MUST_MOVE = auto()
    HOLDS_AGAIN = auto()
    REMINDER = auto()
    OFFERED = auto()
    OFFER_OVER = auto()
    WAITING = auto()
    WAIT_OVER = auto()
    LINK = auto()
    SESSION_CANCELLED = auto()


# a subject is read over shoulders and on locked telephones: it names no service
_WORDS: Mapping[Occasion, tuple[Promise, Promise]] = {
    Occasion.BOOKED: (gettext_lazy("予約を受け付けました"), gettext_lazy("次のとおり、予約を受け付けました。")),
    Occasion.MOVED: (gettext_lazy("予約の日時を変更しました"), gettext_lazy("予約の日時を、次のとおり変更しました。")),
    Occasion.CHANGED: (
        gettext_lazy("予約の内容を変更しました"),
        gettext_lazy("予約の内容を、次のとおり変更しました。"),
    ),
    Occasion.CANCELLED: (gettext_lazy("予約を取り消しました"), gettext_lazy("次の予約を取り消しました。")),
    Occasion.CANCELLED_BY_CITY: (
        gettext_lazy("予約についてお詫びとお知らせがあります"),
        gettext_lazy("申し訳ありません。次の予約を、市の都合により取り消しました。"),
    ),
    Occasion.MUST_MOVE: (
        gettext_lazy("予約の日時の変更をお願いします"),
        gettext_lazy(
            "申し訳ありません。市の都合により、次の日時には受け付けられなくなりました。"
            "下のページから、別の日時をお選びください。"
        ),
    ),
    Occasion.HOLDS_AGAIN: (
        gettext_lazy("予約の日時はそのままでかまいません"),
        gettext_lazy(
            "先に日時の変更をお願いしましたが、次の日時で受け付けられるようになりました。変更は必要ありません。"
        ),
    ),
    Occasion.REMINDER: (gettext_lazy("明日の予約のお知らせ"), gettext_lazy("明日の予約をお知らせします。")),
    Occasion.OFFERED: (
        gettext_lazy("キャンセル待ちの順番が来ました"),
        gettext_lazy(
            "空きが出ました。次の日時を、期限までお取りしています。下のページで、予約するかをお答えください。"
        ),
    ),
    Occasion.OFFER_OVER: (
        gettext_lazy("キャンセル待ちのご案内が終わりました"),
        gettext_lazy(
            "期限までにお答えがなかったため、次の方にご案内しました。もう一度お待ちになるときは、改めてお申し込みください。"
        ),
    ),
    Occasion.SESSION_CANCELLED: (
        gettext_lazy("講座の回の中止についてお知らせします"),
        gettext_lazy(
            "申し訳ありません。申し込まれた講座のうち、次の回が中止になりました。ほかの回は予定どおり行います。"
        ),
    ),
    Occasion.LINK: (gettext_lazy("予約を開くリンク"), gettext_lazy("次の予約を開くリンクをお送りします。")),
    Occasion.WAIT_OVER: (
        gettext_lazy("キャンセル待ちの期間が終わりました"),
        gettext_lazy(
            "申し訳ありません。ご希望の期間に空きが出ませんでした。キャンセル待ちは、これで終わりです。"
            "ほかの日をご希望のときは、改めてお申し込みください。"
        ),
    ),
    Occasion.WAITING: (
        gettext_lazy("キャンセル待ちを受け付けました"),
        gettext_lazy("キャンセル待ちを受け付けました。空きが出たときに、順番にメールでお知らせします。"),
    ),
}


_TO_MANY = frozenset(
    {
        Occasion.REMINDER,
        Occasion.MUST_MOVE,
        Occasion.HOLDS_AGAIN,
        Occasion.SESSION_CANCELLED,
        Occasion.WAIT_OVER,
    }
)
"""What a whole day, course or list is told at once: it never stands before a booking or a code."""


def tell(reservation: Reservation, occasion: Occasion, *, reason: str = "") -> bool:
    """Queue the mail of one occasion, in the caller's transaction; whether there is an address to send it to."""
    mail = mail_of(reservation, occasion, city=known.city(), reason=reason)
    if mail is None:
        return False
    mail.save(force_insert=True)
    wake_sender()
    return True


def mail_of(
    reservation: Reservation, occasion: Occasion, *, city: Municipality, reason: str = ""
) -> OutgoingMail | None:
    """The mail of one occasion, not saved yet; None where there is no address to send it to.

    It carries the link that opens the reservation, so its body is wiped once it was sent.
    """
    address = address_of(reservation)
    if not address:
        return None
    shown = _Shown(
        occasion=occasion,
        language=_language_of(reservation),
        city=city.name,
        place=Where.of(reservation.place),
        service=reservation.service.name,
        starts_at=timezone.localtime(reservation.starts_at),
        ends_at=timezone.localtime(reservation.ends_at),
        people=reservation.people,
        fee=reservation.fee,
        cancellation_fee=reservation.cancellation_fee,
        has_number=bool(reservation.number),
        reason=reason,
    )
    body = _body_of(shown).replace(_NUMBER, format_number(reservation.number or ""))
    # who won is told with everybody else of the draw
    is_drawn = occasion == Occasion.BOOKED and reservation.channel == ReservationChannel.DRAW
    return _mail(
        occasion,
        shown.language,
        city=city,
        to=address,
        body=body.replace(_URL, page_url(reservation)),
        lane=Lane.BULK if is_drawn else _lane_of(occasion),
    )


def _lane_of(occasion: Occasion) -> Lane:
    return Lane.BULK if occasion in _TO_MANY else Lane.SINGLE


@dataclass(frozen=True)
class Where:
    """What a mail says of a place."""

    name: str
    address: str
    phone: str
    is_practice: bool

    @classmethod
    def of(cls, place: Place) -> "Where":
        return cls(place.name, place.address, place.phone, place.is_practice)


@dataclass(frozen=True)
class _Shown:
    """All that the text of a mail is made of but its number and address: no name, nothing of one person."""

    occasion: Occasion
    language: str
    city: str
    place: Where
    service: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    people: int
    fee: int
    cancellation_fee: int
    has_number: bool
    reason: str

    @property
    def sentence(self) -> Promise:
        return _WORDS[self.occasion][1]

    @property
    def is_over(self) -> bool:
        return self.occasion in {Occasion.CANCELLED, Occasion.CANCELLED_BY_CITY}


# no text out of the database has a NUL; names and reasons may have any other character
_NUMBER, _URL = "\0number\0", "\0url\0"


@lru_cache(maxsize=512)
def _body_of(shown: _Shown) -> str:
    """The text with marks for number and address. At nine o'clock hundreds book the same time at the same place."""
    with override(shown.language):
        return render_to_string("reservations/mail/reservation.txt", {"shown": shown, "number": _NUMBER, "url": _URL})


def tell_waiting(entry: WaitlistEntry, occasion: Occasion, *, lane: Lane | None = None) -> bool:
    """The same for a place in the waiting list; an offer names the time that is held, and until when."""
    address = address_of(entry)
    if not address:
        return False
    city, language = known.city(), _language_of(entry)
    context = {
        "city": city,
        "sentence": _WORDS[occasion][1],
        "url": page_url(entry),
        "entry": entry,
        "offer": entry.offer if occasion == Occasion.OFFERED else None,
        "is_over": occasion == Occasion.WAIT_OVER,
    }
    with override(language):
        body = render_to_string("reservations/mail/waitlist.txt", context)
    mail = _mail(occasion, language, city=city, to=address, body=body, lane=lane or _lane_of(occasion))
    mail.save(force_insert=True)
    wake_sender()
    return True


def address_of(row: Reservation | WaitlistEntry) -> str:
    """Where mail reaches who has booked: what was typed, else the resident's own; or ""."""
    if row.email:
        return row.email
    return mail_address_of(row.resident) if row.resident else ""


def _language_of(row: Reservation | WaitlistEntry) -> str:
    return row.language if row.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _mail(occasion: Occasion, language: str, *, city: Municipality, to: str, body: str, lane: Lane) -> OutgoingMail:
    subject = _subject_of(occasion, language, city.name)
    return make_mail(to=to, subject=subject, body=body, sensitive=True, lane=lane)


@lru_cache(maxsize=64)
def _subject_of(occasion: Occasion, language: str, city: str) -> str:
    with override(language):
        return _("【%(city)s】%(subject)s") % {"city": city, "subject": _WORDS[occasion][0]}
