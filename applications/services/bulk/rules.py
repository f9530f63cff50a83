"""What a bulk decision does with one case, and why it cannot: the rules of casework, asked without writing."""

from django.utils.translation import gettext_lazy as _

from applications.approvals import NotYourTurn, OwnFiling, OwnProposal, SignedAlready
from applications.enums import ApplicationState, DecisionKind
from applications.hindrances import Hindered
from applications.models import Application
from applications.services.casework.deciding import ContentMissing, LetterChanged, NeedsApproval
from applications.services.casework.steps import NotAllowed, ReasonMissing
from applications.services.seats import NoSeat
from cityhall.errors import DomainError, StaleState
from cityhall.services.work import WORKER_DIED
from notices.services import NoTextYet


class OtherProposal(DomainError):
    """What was proposed is not what was chosen for all."""

    code = "other_proposal"
    message = _("案の決定が、選んだ決定と違います。申請の画面で一件ずつ決裁してください。")


class NotDecidable(DomainError):
    """The case does not stand where it is decided."""

    code = "not_decidable"
    message = _("審査中でも決裁中でもないため、決定できません。")

    def __init__(self, application: Application | None = None) -> None:
        if application is None:
            super().__init__()
            return
        state = {"state": ApplicationState(application.state).label}
        super().__init__(_("状態が「%(state)s」のため、決定できません。") % state)


_KNOWN: tuple[type[DomainError], ...] = (
    ContentMissing,
    LetterChanged,
    NeedsApproval,
    NoSeat,
    NoTextYet,
    NotAllowed,
    NotDecidable,
    NotYourTurn,
    OtherProposal,
    OwnFiling,
    OwnProposal,
    ReasonMissing,
    SignedAlready,
)
_SENTENCES: dict[str, object] = {
    **{error.code: error.message for error in _KNOWN},
    StaleState.code: _("確認の後で内容が変わったため、決定していません。申請を確認してからやり直してください。"),
    Hindered.code: _("決定の前に済ませることが残っています。申請の画面で確認してください。"),
    "missing_values": _("通知文に差し込む項目が足りません。通知文か申請の内容を確認してください。"),
    WORKER_DIED: _("処理が途中で止まりました。申請を確認してからやり直してください。"),
}


def sentence_of(code: str) -> str:
    """What is told of a row that was not done; what nobody expected says so."""
    return str(_SENTENCES.get(code, _("思わぬ失敗のため、決定していません。時間をおいてやり直してください。")))


def wants_signature(application: Application) -> bool:
    """Whether a bulk decision signs what was proposed instead of deciding."""
    return application.state == ApplicationState.APPROVING


def check_proposal(proposed: str, decision: DecisionKind) -> None:
    """Raises OtherProposal."""
    if proposed != decision:
        raise OtherProposal
