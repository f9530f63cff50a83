"""How the state of a report is told: a chip, and sentences for the person who reported."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.display import Chip
from applications.enums import ReportState

_S = ReportState
TONES: dict[ReportState, str] = {
    _S.RECEIVED: "info",
    _S.IN_PROGRESS: "warning",
    _S.DONE: "success",
    _S.NOT_OURS: "neutral",
    _S.DUPLICATE: "neutral",
}
SENTENCES: dict[ReportState, Promise] = {
    _S.RECEIVED: _("通報を受け付けました。これから担当の課が確認します。"),
    _S.IN_PROGRESS: _("担当の課が、現地の確認や修理などの対応をしています。"),
    _S.DONE: _("対応が終わりました。"),
    _S.NOT_OURS: _("市が管理しているものではありませんでした。連絡先などは、下の回答をご覧ください。"),
    _S.DUPLICATE: _("同じ内容の通報と、まとめて対応しています。"),
}


def distance(metres: int) -> str:
    """How far it is, as people say it: metres up to a kilometre, then kilometres with one decimal below ten."""
    if metres < 1000:
        return gettext("%(metres)sm") % {"metres": metres}
    kilometres = Decimal(metres) / 1000
    shown = kilometres.quantize(Decimal("0.1") if kilometres < 10 else Decimal(1), ROUND_HALF_UP)
    return gettext("%(kilometres)skm") % {"kilometres": f"{shown:,}"}


def chip(state: str) -> Chip:
    """The state in a word, with a tone."""
    known = ReportState(state)
    return Chip(str(known.label), TONES[known])


def sentence(state: str) -> Promise:
    """What the state means for who reported."""
    return SENTENCES[ReportState(state)]
