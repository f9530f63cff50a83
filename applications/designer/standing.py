"""Where a procedure stands, in the words of one line, and what its page does not say yet."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.display import Chip
from applications.enums import ProcedureMode, ProcedureState, ResultKind
from applications.models import Procedure
from applications.procedure_facts import moment_words

_TONES = {ProcedureState.DRAFT: "neutral", ProcedureState.PUBLISHED: "success", ProcedureState.CLOSED: "warning"}


def standing(procedure: Procedure, *, now: dt.datetime, has_draft: bool = False) -> list[Chip]:
    """Whether the public sees the procedure and with which version, whether it may file now, and unused work."""
    chips = [_state_chip(procedure)]
    if procedure.state == ProcedureState.PUBLISHED and procedure.mode != ProcedureMode.GUIDE_ONLY:
        chips += _period_chips(procedure, now)
    if has_draft:
        chips.append(Chip(_("下書きあり"), "info"))
    return chips


def _state_chip(procedure: Procedure) -> Chip:
    state = ProcedureState(procedure.state)
    version = procedure.current_version
    label = str(state.label)
    if state == ProcedureState.PUBLISHED and version is not None:
        label = _("公開中 第%(number)s版") % {"number": version.number}
    return Chip(label, _TONES[state])


def _period_chips(procedure: Procedure, now: dt.datetime) -> list[Chip]:
    opens, closes = procedure.opens_at, procedure.closes_at
    if opens and now < opens:
        return [Chip(_("期間外（%(moment)s から）") % {"moment": moment_words(opens)}, "warning")]
    if closes and closes <= now:
        return [Chip(_("期間外（%(moment)s まで）") % {"moment": moment_words(closes)}, "warning")]
    return []


@dataclass(frozen=True)
class Missing:
    """A setting that should be looked at before the public sees the procedure; nothing is kept back for it."""

    name: str
    text: str | Promise


def missing_facts(procedure: Procedure) -> list[Missing]:
    """What a person asks first and the page does not answer, and a decision that one person makes alone."""
    is_guide = procedure.mode == ProcedureMode.GUIDE_ONLY
    decides_alone = procedure.result_kind == ResultKind.NOTICE and not procedure.needs_approval and not is_guide
    found = {
        "fee": not procedure.fee,
        "required_papers": not procedure.required_papers,
        "standard_days": procedure.standard_days is None and procedure.result_kind != ResultKind.NONE,
        "needs_approval": decides_alone,
    }
    return [Missing(name, _SENTENCES[name]) for name, is_missing in found.items() if is_missing]


_SENTENCES: dict[str, Promise] = {
    "fee": gettext_lazy("手数料がまだ決まっていません。かからないときは「無料」と入力してください。"),
    "required_papers": gettext_lazy("必要なものがまだ書かれていません。いらないときは「なし」と入力してください。"),
    "standard_days": gettext_lazy("標準処理期間（何日で結果が出るか）がまだ決まっていません。"),
    "needs_approval": gettext_lazy(
        "結果の通知を、担当者が一人で決めて出す設定です（決裁なし）。よいか確かめてください。"
    ),
}
