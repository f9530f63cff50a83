"""The mails that tell a person that something waits: no title, no content, no link that carries a right."""

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from cityhall.queries.city import municipality
from notices.enums import Channel
from notices.links import my_notices_url
from notices.models import Delivery, Notice, OutgoingMail
from notices.services.mail import queue_mail
from residents.queries import living_row_of, mail_address_of


def alert_address(notice: Notice) -> str:
    """Where alerts go: the recipient's address (`residents.queries.mail_address_of`), or "".

    People without an account get none: it would ask them to sign in.
    """
    recipient = living_row_of(notice.recipient)
    return mail_address_of(recipient) if recipient.user_id is not None else ""


def tell_of_arrival(notice: Notice, *, moment: dt.datetime) -> OutgoingMail | None:
    """Queue the alert of a new notice, in the current transaction; None when there is no address.

    The `Delivery` that is written with it is unique: a notice is told once.
    """
    mail = _queue(
        notice,
        subject=gettext_lazy("【%(city)s】お知らせが届いています"),
        first=gettext_lazy("%(city)s %(department)sからのお知らせが届いています。"),
        moment=moment,
    )
    if mail is not None:
        Delivery.objects.create(notice=notice, channel=Channel.EMAIL, mail=mail)
    return mail


def tell_of_withdrawal(notice: Notice, *, moment: dt.datetime) -> OutgoingMail | None:
    """Queue the alert that a notice was taken back; None when there is no address."""
    return _queue(
        notice,
        subject=gettext_lazy("【%(city)s】お届けした通知についてお知らせがあります"),
        first=gettext_lazy("%(city)s %(department)sからお届けした通知について、取り消しのお知らせがあります。"),
        moment=moment,
    )


def _queue(notice: Notice, *, subject: str | Promise, first: str | Promise, moment: dt.datetime) -> OutgoingMail | None:
    address = alert_address(notice)
    if not address:
        return None
    city = municipality()
    values = {
        "city": city.name,
        "department": notice.department.name,
        "url": my_notices_url(),
    }
    with override(living_row_of(notice.recipient).language):
        rest = _(
            "次のページにログインして、内容をご確認ください。\n%(url)s\n\n"
            "このメールに内容は書かれていません。メールで個人情報やパスワードをお尋ねすることはありません。\n"
            "このメールは送信専用です。"
        )
        return queue_mail(to=address, subject=str(subject) % values, body=f"{first}\n\n{rest}" % values, now=moment)
