"""What an applicant may expect next, in sentences: when, what happens, what is theirs to do."""

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import OPEN_STATES, ApplicationState, Seat
from applications.models import Application
from cityhall.days import business_days_left
from cityhall.days_in_words import date_in_words

S = ApplicationState


def outlook(application: Application, *, today: dt.date, place_in_line: int | None = None) -> list[str]:
    """What comes next for a case in its state; empty for a draft. One query at most."""
    sentences = [_seat(application, place_in_line), _next(application), _visit(application), _due(application, today)]
    return [sentence for sentence in sentences if sentence]


_REVIEW = _("%(department)sが審査しています。確認したいことがあるときは、メールとこのページでお知らせします。")
_DECIDED = _("審査が終わりました。通知書があるときは、このページからご覧になれます。")
_NEXT: dict[ApplicationState, Promise] = {
    S.SUBMITTED: _("%(department)sが受け付けました。担当者が決まると、審査が始まります。"),
    S.IN_REVIEW: _REVIEW,
    # who signs inside the city hall is not the applicant's business
    S.APPROVING: _REVIEW,
    S.RETURNED: _("補正した内容を送信していただくと、審査の続きを行います。送信するまで審査は止まっています。"),
    S.APPROVED: _DECIDED,
    S.REFUSED: _DECIDED,
    S.COMPLETED: _("手続は完了しました。"),
    S.WITHDRAWN: _("この申請は取り下げられました。もう一度申請するときは、手続のページから始めてください。"),
}


def _next(application: Application) -> str:
    if application.seat == Seat.WAITING and application.state != S.RETURNED and application.state in OPEN_STATES:
        # before a place is free nothing is decided
        return gettext("順番が来るまで、審査の結果は出ません。")
    words = _NEXT.get(ApplicationState(application.state))
    return str(words) % {"department": application.department.name} if words else ""


def _visit(application: Application) -> str:
    if not application.awaits_visit or application.state not in (*OPEN_STATES, S.APPROVED):
        return ""
    if application.state == S.APPROVED:
        return gettext("承認されましたが、来庁または面接がまだ残っています。来庁・面接が終わると手続が完了します。")
    return gettext("このあと、来庁または面接があります。来庁・面接が終わると手続が完了します。")


def _due(application: Application, today: dt.date) -> str:
    """The standard processing period in words (行政手続法6条): a date, and how many open days that is from now."""
    due = application.due_on
    is_in_line = application.seat == Seat.WAITING
    if due is None or is_in_line or application.state not in (S.SUBMITTED, S.IN_REVIEW, S.APPROVING):
        return ""
    if due < today:
        return gettext(
            "標準的な処理期限（%(due)s）を過ぎています。お待たせして申し訳ありません。お急ぎのときは担当課へご連絡ください。"
        ) % {"due": date_in_words(due)}
    return gettext(
        "%(due)sまでに結果が出る見込みです（あと%(days)s開庁日）。補正をお願いしたときは、その日数だけ延びます。"
    ) % {
        "due": date_in_words(due),
        "days": business_days_left(today, due),
    }


def _seat(application: Application, place_in_line: int | None) -> str:
    if application.seat == Seat.WAITING and application.state in OPEN_STATES:
        return gettext(
            "定員に達しているため、キャンセル待ちの%(place)s番目です。空きが出ると順番に繰り上がり、メールでお知らせします。"
        ) % {"place": place_in_line or "—"}
    if application.seat == Seat.SEATED and application.state in OPEN_STATES:
        return gettext("定員の中で受け付けています。")
    return ""
