"""Companies and the people who file for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from residents.enums import InvitationState


class Business(models.Model):
    """A business known by its corporate number (法人番号; sole traders have none)."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    corporate_number = models.CharField(_("法人番号"), max_length=13, null=True, blank=True)
    name = models.CharField(_("名称"), max_length=200)
    name_kana = models.CharField(_("フリガナ"), max_length=200, blank=True)
    postal_code = models.CharField(_("郵便番号"), max_length=7, blank=True)
    address = models.CharField(_("所在地"), max_length=300, blank=True)
    phone = models.CharField(_("電話番号"), max_length=20, blank=True)
    representative = models.CharField(_("代表者"), max_length=120, blank=True, help_text=_("役職と氏名"))
    # anybody may type a public number: what was typed is believed once staff have looked at papers
    verified_at = models.DateTimeField(_("確認日時"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("確認者"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("事業者")
        verbose_name_plural = _("事業者")
        constraints = [
            models.UniqueConstraint(
                fields=["corporate_number"],
                condition=Q(corporate_number__isnull=False),
                name="business_corporate_number_unique",
                violation_error_message=_("この法人番号は登録済みです。"),
            ),
            models.CheckConstraint(
                condition=Q(corporate_number__isnull=True) | Q(corporate_number__regex=r"^[1-9][0-9]{12}$"),
                name="business_corporate_number_13_digits",
                violation_error_message=_("法人番号は13桁の数字です。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BusinessMember(models.Model):
    """A user who may file for a business."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, verbose_name=_("事業者"), on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("利用者"), on_delete=models.PROTECT, related_name="businesses"
    )
    is_manager = models.BooleanField(_("管理者"), default=False)
    ended_at = models.DateTimeField(_("終了日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("事業者の担当者")
        verbose_name_plural = _("事業者の担当者")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "user"], condition=Q(ended_at__isnull=True), name="business_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business} {self.user}"


class BusinessInvitation(models.Model):
    """A manager asks the owner of an address to file for the business. Who has proven the address answers it.

    That an account has this address is told to nobody: an invitation to nobody looks the same.
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(
        Business, verbose_name=_("事業者"), on_delete=models.PROTECT, related_name="invitations"
    )
    # in small letters, as the sign-in compares addresses
    email = models.EmailField(_("招待先のメールアドレス"), db_index=True)
    is_manager = models.BooleanField(_("管理者として招待"), default=False)
    state = models.CharField(_("状態"), max_length=10, choices=InvitationState, default=InvitationState.OPEN)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("招待した人"), on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField(_("招待日時"), default=timezone.now)
    answered_at = models.DateTimeField(_("回答日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("担当者への招待")
        verbose_name_plural = _("担当者への招待")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "email"],
                condition=Q(state=InvitationState.OPEN),
                name="business_invitation_open_once",
                violation_error_message=_("このメールアドレスには、すでに招待を送っています。"),
            ),
            models.CheckConstraint(
                condition=Q(state=InvitationState.OPEN, answered_at__isnull=True)
                | (~Q(state=InvitationState.OPEN) & Q(answered_at__isnull=False)),
                name="business_invitation_answered_at_has_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business} {self.get_state_display()}"
