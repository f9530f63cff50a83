"""What an alert says. It may stand on a locked screen that others see: neither title nor content nor department."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notices.enums import AlertPurpose
from notices.links import CIRCULARS_PATH, MY_CHANNELS_PATH, MY_NOTICES_PATH, alert_url


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


_NEW_CIRCULAR = gettext_lazy("%(city)sの電子回覧板に、新しい回覧があります。")
_CIRCULAR = _Words(gettext_lazy("【%(city)s】新しい回覧があります"), _NEW_CIRCULAR, _NEW_CIRCULAR)
_WAY_ENDED = gettext_lazy("ほかの方が登録したため、あなたへのお知らせの届け先（%(way)s）を一つ解除しました。")
_ENDED = _Words(gettext_lazy("【%(city)s】お知らせの届け先を解除しました"), _WAY_ENDED, _WAY_ENDED)


@dataclass(frozen=True)
class AlertText:
    """One alert in the person's language, as each channel says it."""

    subject: str
    mail: str
    push: str
    line: str
    sms: str


def alert_text(purpose: AlertPurpose, *, city: str, department: str, phone: str) -> AlertText:
    """The words of an alert of a notice in the language that is active; the mail says whom to call."""
    values = {"city": city, "department": department, "phone": phone}
    ask = _("お問い合わせ：%(city)s %(department)s　電話 %(phone)s") % values if phone else ""
    return _text(_WORDS[purpose], values, path=MY_NOTICES_PATH, ask=ask)


def circular_text(*, city: str) -> AlertText:
    """The words of an alert that a circular goes round: not what it is about."""
    return _text(_CIRCULAR, {"city": city}, path=CIRCULARS_PATH)


def ended_text(*, city: str, way: str) -> AlertText:
    """The words of an alert that a way to the person is somebody else's now."""
    return _text(_ENDED, {"city": city, "way": way}, path=MY_CHANNELS_PATH)


def _text(words: _Words, values: dict[str, str], *, path: str, ask: str = "") -> AlertText:
    url = alert_url(path)
    short = str(words.short) % values
    where = _("次のページにログインして、内容をご確認ください。\n%(url)s") % {"url": url}
    promise = _(
        "このメールに内容は書かれていません。メールで個人情報やパスワードをお尋ねすることはありません。\n"
        "このメールは送信専用です。"
    )
    return AlertText(
        subject=str(words.title) % values,
        mail="\n\n".join(part for part in (str(words.mail) % values, where, ask, promise) if part),
        push=short,
        line=f"{short}\n{where}\n\n{_('LINEで個人情報やパスワードをお尋ねすることはありません。')}",
        # seventy characters make one part of a text message: no more words than needed
        sms=_("%(text)sマイページでご確認ください。%(url)s") % {"text": short, "url": url},
    )
