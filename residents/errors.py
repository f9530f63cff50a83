"""What the services of this app refuse."""

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
    message = _("この事業者は登録できません。法人番号を確認してください。")


class ProfileRefused(DomainError):
    code = "profile_refused"
    message = _("登録できませんでした。入力した内容を確認してください。")


class RegisterFileRefused(DomainError):
    """The file as a whole cannot be imported; no row of it was written."""

    code = "register_file_refused"
    message = _("このファイルは取り込めません。文字コードと列の見出しを確認してください。")
