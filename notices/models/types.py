"""Kinds of notices and the versions of their text."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.enums import Channel, Effect, InboxCategory, NoticeCategory, SignatureMode


def every_channel() -> list[str]:
    return list(Channel)


class NoticeType(models.Model):
    """A kind of notice with the rules of its delivery."""

    key = models.SlugField(_("キー"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    category = models.CharField(_("区分"), max_length=20, choices=NoticeCategory)
    legal_basis = models.CharField(_("根拠法令"), max_length=200, blank=True)
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("所管課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notice_types",
    )
    consent_required = models.BooleanField(_("電子受領の同意が必要"), default=True)
    consent_text_version = models.CharField(_("同意文の版"), max_length=20, blank=True)
    signature_mode = models.CharField(
        _("電子署名"), max_length=10, choices=SignatureMode, default=SignatureMode.CITY_SEAL
    )
    needs_confirmation = models.BooleanField(_("確認ボタンを求める"), default=False)
    inbox_category = models.CharField(
        _("受信箱の分類"), max_length=10, choices=InboxCategory, default=InboxCategory.OTHER
    )
    # in the order they are tried beside each other; the person's own choice narrows them
    alert_channels = models.JSONField(
        _("お知らせの経路"), default=every_channel, help_text=_('例: ["email", "push", "line", "sms"]')
    )
    allows_reply = models.BooleanField(_("返信を受け付ける"), default=False)
    effect = models.CharField(_("効力が生じる時"), max_length=12, choices=Effect, default=Effect.AVAILABLE)
    effect_days = models.PositiveSmallIntegerField(_("効力が生じるまでの日数"), null=True, blank=True)
    hours_until_reminder = models.PositiveIntegerField(
        _("再度お知らせするまでの時間"),
        null=True,
        blank=True,
        help_text=_("未開封のまま過ぎると、もう一度お知らせします。空欄ならお知らせしません。"),
    )
    hours_until_paper = models.PositiveIntegerField(
        _("郵送に切り替えるまでの時間"),
        null=True,
        blank=True,
        help_text=_("未開封のまま過ぎると郵送します。空欄なら郵送しません。"),
    )
    retention_years = models.PositiveSmallIntegerField(_("保存年数"), default=5)
    is_active = models.BooleanField(_("使用中"), default=True)
    # what the catalogue said last: a rule that differs from it was set by the city and stays. NULL: not out of a file
    catalogue_rules = models.JSONField(_("カタログの設定"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("通知の種類")
        verbose_name_plural = _("通知の種類")
        constraints = [
            models.CheckConstraint(
                condition=Q(consent_required=False) | ~Q(consent_text_version=""),
                name="notice_type_consent_has_text",
                violation_error_message=_("同意が必要な通知には同意文の版を入れてください。"),
            ),
            models.CheckConstraint(
                condition=~Q(effect=Effect.DAYS_AFTER) | Q(effect_days__isnull=False),
                name="notice_type_effect_has_days",
                violation_error_message=_("効力が生じるまでの日数を入れてください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NoticeTypeVersion(models.Model):
    """One frozen text. Placeholders are written ((applicant_name)) and filled when the notice is made."""

    notice_type = models.ForeignKey(
        NoticeType, verbose_name=_("通知の種類"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("版"))
    title = models.CharField(_("表題"), max_length=120)
    body = models.TextField(_("本文"), help_text=_("Markdown の一部と ((差込項目)) が使えます。"))
    particulars = models.JSONField(
        _("記載事項"),
        default=list,
        blank=True,
        help_text=_('例: [{"label": "受付番号", "text": "((application_number))"}]'),
    )
    appeal_text = models.TextField(_("教示"), blank=True)
    # the same texts for reading in other languages: {"en": {"title": …, "body": …}}; the Japanese one counts
    translations = models.JSONField(_("翻訳"), default=dict, blank=True)
    # where the button leads: a kind registered in `notices.actions`, the key of a thing there, and what is filled in
    # for the person: {"child_name": "((subject_name))"}
    action_kind = models.CharField(_("ボタンの行き先の種類"), max_length=20, blank=True)
    action_target = models.CharField(_("ボタンの行き先"), max_length=80, blank=True)
    action_label = models.CharField(_("ボタンの文字"), max_length=60, blank=True)
    action_values = models.JSONField(_("ボタンで引き継ぐ値"), default=dict, blank=True)
    # values for the preview: {"fee": "12,000円"}
    sample = models.JSONField(_("見本の値"), default=dict, blank=True)
    change_note = models.CharField(_("変更の内容"), max_length=200, blank=True)
    # NULL: out of the catalogue
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("作成者"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("通知文（版）")
        verbose_name_plural = _("通知文（版）")
        ordering = ["notice_type", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["notice_type", "number"], name="notice_type_version_number_unique"),
            models.CheckConstraint(
                condition=Q(action_kind="") | ~Q(action_target=""),
                name="notice_type_version_action_has_target",
                violation_error_message=_("ボタンの行き先を選んでください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_type} 第{self.number}版"


class VersionFile(models.Model):
    """A file that goes with every notice of a version."""

    version = models.ForeignKey(
        NoticeTypeVersion, verbose_name=_("通知文の版"), on_delete=models.PROTECT, related_name="files"
    )
    file = models.ForeignKey(
        "cityhall.StoredFile", verbose_name=_("ファイル"), on_delete=models.PROTECT, related_name="+"
    )
    position = models.PositiveSmallIntegerField(_("順番"), default=0)

    class Meta:
        verbose_name = _("通知文の添付")
        verbose_name_plural = _("通知文の添付")
        constraints = [models.UniqueConstraint(fields=["version", "file"], name="version_file_once")]

    def __str__(self) -> str:
        return f"{self.version_id}-{self.position}"
