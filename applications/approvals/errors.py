"""Why a person may not sign a step. Each is a rule of its own, so that each has its own sentence."""

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError


class OwnProposal(DomainError):
    """Nobody approves their own proposal, for whomever they stand in."""

    code = "own_proposal"
    message = _("起案した本人は決裁できません。別の決裁者に依頼してください。")


class OwnFiling(DomainError):
    """Who typed an application in neither decides it nor approves a step of it."""

    code = "own_filing"
    message = _("申請を入力した本人は、決定も決裁もできません。別の職員に依頼してください。")


class SignedAlready(DomainError):
    """One person signs one step of a proposal at most."""

    code = "signed_already"
    message = _("この案の別の段階を決裁済みです。一人が二つの段階を決裁することはできません。")


class NotYourTurn(DomainError):
    """The step that is next belongs to somebody else."""

    code = "not_your_turn"
    message = _("この案は、今は別の決裁者の順番です。申請の画面で、次に決裁できる職員を確認してください。")
