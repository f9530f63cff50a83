"""A procedure in the short rows of its page: what it costs, how long it takes, which law it rests on."""

import datetime as dt

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import ApplicantKind, Channel, ProcedureMode, ResultKind
from applications.models import Procedure
from cityhall.days import wareki
from residents.enums import IdentityLevel

MODE_TONES = {
    ProcedureMode.ONLINE: "success",
    ProcedureMode.SENT_AHEAD: "info",
    ProcedureMode.GUIDE_ONLY: "neutral",
}
"""Colour of the badge of each mode."""

_IDENTITY: dict[IdentityLevel, Promise] = {
    IdentityLevel.NONE: gettext_lazy("この画面での本人確認はありません。"),
    IdentityLevel.EMAIL: gettext_lazy("メールアドレスを確認した利用者登録でログインしてください。"),
    IdentityLevel.STAFF: gettext_lazy("市の窓口で本人確認を済ませた利用者登録でログインしてください。"),
    IdentityLevel.CARD: gettext_lazy("マイナンバーカードで本人確認をした利用者登録でログインしてください。"),
}

_WAYS: dict[Channel, Promise] = {
    Channel.ONLINE: gettext_lazy("このサイト"),
    Channel.COUNTER: gettext_lazy("窓口"),
    Channel.REMOTE: gettext_lazy("リモート窓口"),
    Channel.PAPER: gettext_lazy("郵送"),
    Channel.ASSISTED: gettext_lazy("職員による代行入力"),
}
"""The ways in as a resident says them."""


def procedure_facts(procedure: Procedure, *, to_staff: bool = False) -> list[dict[str, str]]:
    """Rows of label and text, without those that have nothing to say; staff are known, and file in one way."""
    kinds = [str(ApplicantKind(kind).label) for kind in procedure.applicant_kinds]
    rows = {
        _("期限"): procedure.deadline,
        _("受付期間"): _period(procedure),
        _("申請の方法"): "、".join(str(_WAYS[Channel(channel)]) for channel in procedure.channels),
        _("手数料"): procedure.fee,
        _("標準処理期間"): _duration(procedure),
        _("結果"): _result(procedure),
        _("申請できる人"): "、".join(kinds),
        _("本人確認"): str(_IDENTITY[IdentityLevel(procedure.identity_level)]) if _is_online(procedure) else "",
        _("根拠法令"): procedure.legal_basis,
    }
    unsaid = (_("申請の方法"), _("申請できる人"), _("本人確認")) if to_staff else ()
    return [{"label": label, "text": text} for label, text in rows.items() if text and label not in unsaid]


def _is_online(procedure: Procedure) -> bool:
    return procedure.mode != ProcedureMode.GUIDE_ONLY


def _result(procedure: Procedure) -> str:
    kind = ResultKind(procedure.result_kind)
    return "" if kind == ResultKind.NONE else str(kind.label)


def _duration(procedure: Procedure) -> str:
    if procedure.standard_days is None:
        return ""
    return _("受付から%(days)s開庁日以内（補正にかかる日数を除きます）") % {"days": procedure.standard_days}


def _period(procedure: Procedure) -> str:
    if not _is_online(procedure):
        return ""
    opens, closes = procedure.opens_at, procedure.closes_at
    if opens is None and closes is None:
        return _("いつでも（24時間）")
    parts = [
        _("%(moment)s から") % {"moment": moment_words(opens)} if opens else "",
        _("%(moment)s まで") % {"moment": moment_words(closes)} if closes else "",
    ]
    return " ".join(part for part in parts if part)


def moment_words(moment: dt.datetime) -> str:
    """The day in the era's year, and the city's clock."""
    local = timezone.localtime(moment)
    return f"{wareki(local.date())} {local.hour}:{local.minute:02}"
