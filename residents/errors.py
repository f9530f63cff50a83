"""What the services of this app refuse."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError


class NotMergeable(DomainError):
    code = "not_mergeable"
    message = _(
        "この二人の登録は統合できません。すでに統合されていないか、利用者が両方に付いていないかを確認してください。"
    )


class MandateRefused(DomainError):
    code = "mandate_refused"
    message = _("この代理権は登録できません。本人と代理人、期間を確認してください。")


class BusinessRefused(DomainError):
    code = "business_refused"
    message = _(
        "この法人番号では登録できません。番号に誤りがあるか、すでに登録されています。"
        "登録済みの事業者の担当になるには、その事業者の管理者から招待を受けてください。"
    )


class TooManyBusinesses(DomainError):
    """The person manages all the businesses they may."""

    code = "too_many_businesses"

    def __init__(self, most: int) -> None:
        text = gettext("登録できる事業者は、お一人%(most)s件までです。管理しなくなった事業者の担当を終了してください。")
        super().__init__(text % {"most": most})


class NotManager(DomainError):
    code = "not_manager"
    message = _("この操作は、事業者の管理者だけができます。")


class LastManager(DomainError):
    code = "last_manager"
    message = _("管理者が一人もいなくなるため、終了できません。先に、ほかの方を管理者として招待してください。")


class InvitationOver(DomainError):
    code = "invitation_over"
    message = _("この招待は、すでに回答済みか、取り消されたか、期限が過ぎています。")


class TooManyInvitations(DomainError):
    code = "too_many_invitations"
    message = _("回答を待っている招待が多すぎます。不要な招待を取り消してから、もう一度お試しください。")


class ProfileRefused(DomainError):
    code = "profile_refused"
    message = _("登録できませんでした。入力した内容を確認してください。")


class RegisterFileRefused(DomainError):
    """The file as a whole cannot be imported; no row of it was written."""

    code = "register_file_refused"
    message = _("このファイルは取り込めません。文字コードと列の見出しを確認してください。")
