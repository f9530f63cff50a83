"""Why nothing can be signed now. Each is tried again later and stands on the failures page meanwhile."""

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError


class SigningKeyMissing(DomainError):
    """There is no usable key at SIGNING_KEY_PATH, or no certificate for the key of the PKCS#11 token."""

    code = "signing_key_missing"
    message = _("電子署名の鍵がありません。鍵を設置してから再試行してください。")


class SigningKeyUnusable(DomainError):
    """The key is there, but cannot be read with its password, or its token does not answer."""

    code = "signing_key_unusable"
    message = _("電子署名の鍵を読み取れません。鍵ファイルとパスワードを確認してください。")


class TokenPinRefused(SigningKeyUnusable):
    """The token refused its PIN: a second try, and a third, would lock it."""

    code = "token_pin_refused"
    message = _(
        "署名トークンが暗証番号（PIN）を受け付けませんでした。トークンがロックされないよう、署名を止めています。"
        "設定を直すか、「失敗した処理」の画面で再開してください。"
    )


class CertificateNotValid(DomainError):
    """The certificate's time is over, or has not begun: what it signs would be worth nothing."""

    code = "signing_certificate_not_valid"
    message = _("電子署名の証明書が有効期間外です。有効な証明書と鍵を設置してから再試行してください。")


class TimestampMissing(DomainError):
    """The time stamp authority (SIGNING_TSA_URL) did not answer as it should."""

    code = "timestamp_missing"
    message = _("タイムスタンプを取得できませんでした。タイムスタンプ局への接続を確認してください。")


class ValidityUnproven(DomainError):
    """What a signature for the long term needs (certificates and lists of revoked ones) cannot be had."""

    code = "validity_unproven"
    message = _("署名証明書の有効性を確認する情報を取得できませんでした。認証局への接続を確認してください。")
