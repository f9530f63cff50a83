"""How allauth signs people in here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall import crypto
from cityhall.models import User
from cityhall.queries.city import municipality
from counter import way_back
from residents.queries import resident_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Residents sign up by e-mail; staff accounts are made by administrators."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy(
            "ログインの失敗が続いたため、このメールアドレスでのログインを止めています。"
            "5分ほど待ってから、もう一度お試しください。"
        ),
        "email_password_mismatch": gettext_lazy(
            "メールアドレスまたはパスワードが正しくありません。入力し直してください。"
        ),
        "incorrect_code": gettext_lazy("コードが正しくありません。届いたコードを確かめて入力してください。"),
        "rate_limited": gettext_lazy("操作が続いたため止めています。少し待ってから、もう一度お試しください。"),
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff go to their work, residents to their page, first of all to an invitation or to telling their name."""
        user = request.user
        if user.is_authenticated and user.is_staff:
            return reverse("portal:staff_home")
        if invitation := way_back.address_of(request.session):
            return invitation
        if user.is_authenticated and resident_of(user) is None:
            return reverse("residents:profile_edit")
        return reverse("portal:my_page")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """As after any sign-in."""
        return self.get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page of that person."""
        return self.get_login_redirect_url(request)

    def format_email_subject(self, subject: str) -> str:
        """The city's name before every subject."""
        return _("【%(city)s】%(subject)s") % {"city": municipality().name, "subject": subject}


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Secrets are stored encrypted; staff keep at least one second factor."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy(
            "職員の二段階認証は解除できません。別の認証アプリかパスキーを登録してから削除してください。"
        ),
    }

    def encrypt(self, text: str) -> str:
        """With the key outside the database."""
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of `encrypt`."""
        return crypto.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Whether the person may do without it: staff need another one that can sign in."""
        user: User = authenticator.user
        if not user.is_staff or authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        strong = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        return bool(Authenticator.objects.filter(user=user, type__in=strong).exclude(pk=authenticator.pk).exists())
