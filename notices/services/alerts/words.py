"""What an alert says. It may stand on a locked screen that others see: neither title nor content nor department."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notices.enums import AlertPurpose
from notices.links import my_notices_url


@dataclass(frozen=True)
class _Words:
    title: str | Promise
    # the mail names the department as a letter's envelope does; the other channels name the city only
    mail: str | Promise
    short: str | Promise


_WORDS = {
    AlertPurpose.ARRIVAL: _Words(
        gettext_lazy("【%(city)s】お知らせが届いています"),
        gettext_lazy("%(city)s %(department)sからのお知らせが届いています。"),
        gettext_lazy("%(city)sからお知らせが届いています。"),
    ),
    AlertPurpose.REMINDER: _Words(
        gettext_lazy("【%(city)s】まだ開封されていないお知らせがあります"),
        gettext_lazy("%(city)s %(department)sからのお知らせが、まだ開封されていません。"),
        gettext_lazy("%(city)sからのお知らせが、まだ開封されていません。"),
    ),
    AlertPurpose.FILING: _Words(
        gettext_lazy("【%(city)s】お手続きのご案内があります"),
        gettext_lazy("%(city)s %(department)sからのお知らせにあるお手続きが、まだ済んでいません。"),
        gettext_lazy("%(city)sからのお知らせにあるお手続きが、まだ済んでいません。"),
    ),
    AlertPurpose.WITHDRAWAL: _Words(
        gettext_lazy("【%(city)s】お届けした通知についてお知らせがあります"),
        gettext_lazy("%(city)s %(department)sからお届けした通知について、取り消しのお知らせがあります。"),
        gettext_lazy("%(city)sからお届けした通知について、取り消しのお知らせがあります。"),
    ),
    AlertPurpose.ANSWER: _Words(
        gettext_lazy("【%(city)s】返信への回答があります"),
        gettext_lazy("いただいた返信に、%(city)s %(department)sから回答があります。"),
        gettext_lazy("いただいた返信に、%(city)sから回答があります。"),
    ),
}


@dataclass(frozen=True)
class AlertText:
    """One alert in the person's language, as each channel says it."""

    subject: str
    mail: str
    push: str
    line: str
    sms: str


def alert_text(purpose: AlertPurpose, *, city: str, department: str) -> AlertText:
    """The words of an alert in the language that is active."""
    words = _WORDS[purpose]
    values = {"city": city, "department": department, "url": my_notices_url()}
    short = str(words.short) % values
    where = _("次のページにログインして、内容をご確認ください。\n%(url)s") % values
    promise = _(
        "このメールに内容は書かれていません。メールで個人情報やパスワードをお尋ねすることはありません。\n"
        "このメールは送信専用です。"
    )
    return AlertText(
        subject=str(words.title) % values,
        mail=f"{str(words.mail) % values}\n\n{where}\n\n{promise}",
        push=short,
        line=f"{short}\n{where}\n\n{_('LINEで個人情報やパスワードをお尋ねすることはありません。')}",
        # seventy characters make one part of a text message: no more words than needed
        sms=_("%(text)sマイページでご確認ください。%(url)s") % {"text": short, "url": values["url"]},
    )
