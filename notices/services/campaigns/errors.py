"""What campaigns refuse, one class a situation."""

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError


class ListRefused(DomainError):
    """The list as a whole cannot be used; no row of it was written."""

    code = "list_refused"
    message = _("この名簿は使えません。見出しと文字コードを確認してください。")


class NotReady(DomainError):
    """Something is to be done first; the message says what."""

    code = "campaign_not_ready"


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
