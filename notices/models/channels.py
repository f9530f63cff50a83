"""Where a person may be told that something waits, what they chose, and each telling that is not a mail."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from cityhall.models import Work
from notices.enums import AccountAlertKind, Channel, InboxCategory, MailEventKind


class PushSubscription(models.Model):
    """A browser that takes web push (RFC 8030); with a user, or for topics only without one."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("利用者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="push_subscriptions",
    )
    endpoint = models.URLField(_("送信先"), max_length=800)
    # SHA-256 of the endpoint: long addresses make no unique index
    endpoint_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    p256dh = models.CharField(_("公開鍵"), max_length=120)
    auth = models.CharField(_("認証鍵"), max_length=40)
    device_name = models.CharField(_("端末"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    ended_reason = models.CharField(_("終了の理由"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("プッシュ通知の登録")
        verbose_name_plural = _("プッシュ通知の登録")

    def __str__(self) -> str:
        return self.device_name or self.public_id


class LineAccount(models.Model):
    """A LINE user who is a friend of the city's account; with a user once the accounts were linked."""

    line_user_id = models.CharField(_("LINEユーザーID"), max_length=40, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("利用者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="line_account",
    )
    followed_at = models.DateTimeField(_("友だち追加"), default=timezone.now)
    linked_at = models.DateTimeField(_("連携日時"), null=True, blank=True)
    # blocked or unfollowed: nothing is sent
    blocked_at = models.DateTimeField(_("ブロック日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("LINEの連携")
        verbose_name_plural = _("LINEの連携")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(linked_at__isnull=False), name="line_account_linked_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"LINE {self.pk}"


class LineNonce(models.Model):
    """One attempt to link an account: our sign-in made the nonce, LINE sends it back. Used once, for ten minutes."""

    nonce_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("利用者"), on_delete=models.CASCADE, related_name="+"
    )
    expires_at = models.DateTimeField(_("期限"))
    used_at = models.DateTimeField(_("使用日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("LINE連携の手続")
        verbose_name_plural = _("LINE連携の手続")

    def __str__(self) -> str:
        return str(self.pk)


class LineEvent(models.Model):
    """A webhook event that was handled: LINE delivers some twice."""

    event_id = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField(_("日時"), default=timezone.now)

    class Meta:
        verbose_name = _("LINEからの連絡")
        verbose_name_plural = _("LINEからの連絡")

    def __str__(self) -> str:
        return self.event_id


class SmsNumber(models.Model):
    """A mobile number its owner proved with a code."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("利用者"), on_delete=models.PROTECT, related_name="sms_number"
    )
    number = models.CharField(_("携帯電話番号（E.164）"), max_length=20)
    # keyed hash of the code, tries and end, as with devices
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    verified_at = models.DateTimeField(_("確認日時"), null=True, blank=True)
    ended_at = models.DateTimeField(_("終了日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("SMSの宛先")
        verbose_name_plural = _("SMSの宛先")
        constraints = [
            # numbers change hands: whoever proved it last has it
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(verified_at__isnull=False, ended_at__isnull=True),
                name="sms_number_of_one_account",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ChannelPreference(models.Model):
    """How a person wants to be told of one drawer of the inbox; without a row: every channel they have."""

    resident = models.ForeignKey(
        "residents.Resident", verbose_name=_("住民"), on_delete=models.PROTECT, related_name="channel_preferences"
    )
    inbox_category = models.CharField(_("受信箱の分類"), max_length=10, choices=InboxCategory)
    channels = models.JSONField(_("経路"), default=list, blank=True)
    changed_at = models.DateTimeField(_("変更日時"), default=timezone.now)

    class Meta:
        verbose_name = _("お知らせの受け取り方")
        verbose_name_plural = _("お知らせの受け取り方")
        constraints = [models.UniqueConstraint(fields=["resident", "inbox_category"], name="channel_preference_once")]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.get_inbox_category_display()}"


class AccountAlert(models.Model):
    """One telling of a person with an account that is about no notice: a circular, or a way to them that ended."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("利用者"), on_delete=models.PROTECT, related_name="account_alerts"
    )
    kind = models.CharField(_("内容"), max_length=12, choices=AccountAlertKind)
    circular = models.ForeignKey(
        "notices.Circular",
        verbose_name=_("回覧"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="account_alerts",
    )
    # the way that ended
    channel = models.CharField(_("経路"), max_length=10, choices=Channel, blank=True)
    mail = models.OneToOneField(
        "notices.OutgoingMail",
        verbose_name=_("メール"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="account_alert",
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("アカウントへのお知らせ")
        verbose_name_plural = _("アカウントへのお知らせ")
        constraints = [
            models.UniqueConstraint(
                fields=["circular", "user"], condition=Q(circular__isnull=False), name="account_alert_once_a_circular"
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountAlertKind.CIRCULAR, circular__isnull=False)
                | Q(kind=AccountAlertKind.WAY_ENDED, circular__isnull=True),
                name="account_alert_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class OutgoingAlert(Work):
    """One telling that is not a mail. The same `retry_key` at every try.

    `delivery` for a notice, `topic_message` for city news, `account_alert` for what is about neither; one of them.
    """

    delivery = models.ForeignKey(
        "notices.Delivery", null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    topic_message = models.ForeignKey(
        "notices.TopicMessage", null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    account_alert = models.ForeignKey(
        AccountAlert, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    retry_key = models.UUIDField(_("再試行キー"), default=uuid.uuid4, unique=True, editable=False)
    # of the provider, for questions to it
    provider_reference = models.CharField(_("事業者の受付番号"), max_length=100, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def alert_constraints(target: str) -> list[models.BaseConstraint]:
        """What every kind of telling carries: one reason, and each target once for it."""
        return [
            *Work.work_constraints(),
            models.CheckConstraint(
                condition=Q(delivery__isnull=False, topic_message__isnull=True, account_alert__isnull=True)
                | Q(delivery__isnull=True, topic_message__isnull=False, account_alert__isnull=True)
                | Q(delivery__isnull=True, topic_message__isnull=True, account_alert__isnull=False),
                name="%(class)s_has_one_reason",
            ),
            models.UniqueConstraint(
                fields=["delivery", target], condition=Q(delivery__isnull=False), name="%(class)s_once_a_delivery"
            ),
            models.UniqueConstraint(
                fields=["topic_message", target],
                condition=Q(topic_message__isnull=False),
                name="%(class)s_once_a_message",
            ),
            models.UniqueConstraint(
                fields=["account_alert", target],
                condition=Q(account_alert__isnull=False),
                name="%(class)s_once_an_account",
            ),
        ]


class OutgoingPush(OutgoingAlert):
    """A web push to one browser: title, text and an address of ours, encrypted on the way (RFC 8291)."""

    subscription = models.ForeignKey(
        PushSubscription, verbose_name=_("送信先"), on_delete=models.PROTECT, related_name="pushes"
    )
    title = models.CharField(_("表題"), max_length=120)
    body = models.CharField(_("本文"), max_length=300)
    url = models.CharField(_("リンク"), max_length=200)

    class Meta:
        verbose_name = _("プッシュ通知の送信")
        verbose_name_plural = _("プッシュ通知の送信")
        constraints = OutgoingAlert.alert_constraints("subscription")
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return str(self.pk)


class OutgoingLine(OutgoingAlert):
    """A LINE message to one friend."""

    account = models.ForeignKey(
        LineAccount, verbose_name=_("送信先"), on_delete=models.PROTECT, related_name="messages"
    )
    text = models.TextField(_("本文"))

    class Meta:
        verbose_name = _("LINEの送信")
        verbose_name_plural = _("LINEの送信")
        constraints = OutgoingAlert.alert_constraints("account")
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return str(self.pk)


class OutgoingSms(OutgoingAlert):
    """A text message to one mobile number. Providers know no retry key: a lost answer is `uncertain`.

    Without any reason it carries the code that proves the number: encrypted, wiped when it was sent.
    """

    sms_number = models.ForeignKey(
        SmsNumber, verbose_name=_("送信先"), on_delete=models.PROTECT, related_name="messages"
    )
    text = models.TextField(_("本文"))
    is_encrypted = models.BooleanField(_("暗号化"), default=False)

    class Meta:
        verbose_name = _("SMSの送信")
        verbose_name_plural = _("SMSの送信")
        constraints = [
            *Work.work_constraints(),
            models.CheckConstraint(
                condition=Q(delivery__isnull=False, topic_message__isnull=True, account_alert__isnull=True)
                | Q(delivery__isnull=True, topic_message__isnull=True, account_alert__isnull=False)
                | Q(delivery__isnull=True, topic_message__isnull=True, account_alert__isnull=True, is_encrypted=True),
                name="outgoingsms_notice_or_code",
            ),
            models.UniqueConstraint(
                fields=["delivery", "sms_number"],
                condition=Q(delivery__isnull=False),
                name="outgoingsms_once_a_delivery",
            ),
            models.UniqueConstraint(
                fields=["account_alert", "sms_number"],
                condition=Q(account_alert__isnull=False),
                name="outgoingsms_once_an_account",
            ),
        ]
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return str(self.pk)


class MailEvent(models.Model):
    """What the provider told of a mail it had taken; the same event comes in once."""

    event_id = models.CharField(_("事業者のID"), max_length=200, unique=True)
    mail = models.ForeignKey(
        "notices.OutgoingMail", null=True, verbose_name=_("メール"), on_delete=models.PROTECT, related_name="events"
    )
    # the name of the mail as the event says it: what comes in before our own record of the sending is matched by it
    reference = models.CharField(_("受付番号"), max_length=200, blank=True)
    kind = models.CharField(_("内容"), max_length=12, choices=MailEventKind)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    taken_at = models.DateTimeField(_("受付日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("メールの結果")
        verbose_name_plural = _("メールの結果")
        indexes = [
            models.Index(fields=["reference"], condition=Q(mail__isnull=True), name="mail_event_of_nothing"),
            # the sweep
            models.Index(fields=["taken_at"], name="mail_event_taken"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"


class BadAddress(models.Model):
    """An address that mail came back from; nothing is sent there until its owner or staff lift it."""

    # in small letters
    email = models.EmailField(_("メールアドレス"), unique=True)
    reason = models.CharField(_("理由"), max_length=12, choices=MailEventKind)
    since = models.DateTimeField(_("日時"), default=timezone.now)

    class Meta:
        verbose_name = _("届かないメールアドレス")
        verbose_name_plural = _("届かないメールアドレス")

    def __str__(self) -> str:
        return str(self.pk)


class Topic(models.Model):
    """City news people choose by themselves; no account and no receipt."""

    key = models.SlugField(_("キー"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    description = models.CharField(_("説明"), max_length=200, blank=True)
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("所管課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("お知らせの話題")
        verbose_name_plural = _("お知らせの話題")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class TopicSubscription(models.Model):
    """Somebody who wants the news of a topic over one channel; ended by the link in every message."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    topic = models.ForeignKey(Topic, verbose_name=_("話題"), on_delete=models.PROTECT, related_name="subscriptions")
    # one of the three; a mail address counts from its confirmation
    email = models.EmailField(_("メールアドレス"), blank=True)
    push = models.ForeignKey(
        PushSubscription, null=True, blank=True, on_delete=models.PROTECT, related_name="topic_subscriptions"
    )
    line = models.ForeignKey(
        LineAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="topic_subscriptions"
    )
    secret_version = models.PositiveSmallIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)
    # when the newest mail to confirm was sent: a wish lives three days from there
    asked_at = models.DateTimeField(_("確認メールの日時"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("確認日時"), null=True, blank=True)
    ended_at = models.DateTimeField(_("終了日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("話題の登録")
        verbose_name_plural = _("話題の登録")
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "email"],
                condition=~Q(email="") & Q(ended_at__isnull=True),
                name="topic_subscription_email_once",
            ),
            models.UniqueConstraint(
                fields=["topic", "push"],
                condition=Q(push__isnull=False, ended_at__isnull=True),
                name="topic_subscription_push_once",
            ),
            models.UniqueConstraint(
                fields=["topic", "line"],
                condition=Q(line__isnull=False, ended_at__isnull=True),
                name="topic_subscription_line_once",
            ),
            models.CheckConstraint(
                condition=(~Q(email="") & Q(push__isnull=True) & Q(line__isnull=True))
                | (Q(email="") & Q(push__isnull=False) & Q(line__isnull=True))
                | (Q(email="") & Q(push__isnull=True) & Q(line__isnull=False)),
                name="topic_subscription_one_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"
