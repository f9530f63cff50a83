"""What campaigns refuse, one class a situation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError

if TYPE_CHECKING:
    from notices.services.campaigns.judging import Doubt


class ListRefused(DomainError):
    """The list as a whole cannot be used; no row of it was written."""

    code = "list_refused"
    message = _("この名簿は使えません。見出しと文字コードを確認してください。")


class NotReady(DomainError):
    """Something is to be done first; the message says what, `field` at which box of the page (or none)."""

    code = "campaign_not_ready"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class DoubtUnseen(DomainError):
    """A row may be sent only by somebody who saw what speaks against it; `doubts` are those to be confirmed."""

    code = "campaign_doubt_unseen"
    message = _("注意する点があります。内容を確認し、印を付けてから、もう一度送ってください。")

    def __init__(self, doubts: "Sequence[Doubt]") -> None:
        super().__init__()
        self.doubts = doubts


class MyNumbersFound(ListRefused):
    """The list carries My Numbers: it is not kept a moment longer."""

    code = "list_has_my_numbers"


class OwnCampaign(DomainError):
    """Nobody approves what they handed in."""

    code = "own_campaign"
    message = _("承認を求めた本人は承認できません。ほかの決裁者に依頼してください。")


class PersonTwice(DomainError):
    """Another row goes to this person about the same person."""

    code = "campaign_person_twice"
    message = _("この方には、名簿の別の行で送ることになっています。この行は除外してください。")


class LostClaim(Exception):
    """The campaign is not this worker's any more: stop without a trace."""
