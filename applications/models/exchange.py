"""What passes between the applicant and the city beside the form: messages, and what people thought of it."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id


class Message(models.Model):
    """One message on a case, either way. Append-only but for `read_at` (a trigger sees to it)."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.PROTECT, related_name="messages"
    )
    is_from_city = models.BooleanField(_("市から"))
    # a guest has no account
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("送信者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    body = models.TextField(_("本文"))
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    sent_at = models.DateTimeField(_("送信日時"), default=timezone.now)
    read_at = models.DateTimeField(_("既読日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("メッセージ")
        verbose_name_plural = _("メッセージ")
        indexes = [
            models.Index(fields=["application", "id"], name="message_of_application"),
            # what the city has not read yet: few rows, asked for with every work list
            models.Index(
                fields=["application"],
                condition=Q(is_from_city=False, read_at__isnull=True),
                name="message_unread_by_city",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_from_city=False) | Q(author__isnull=False), name="message_of_city_has_author"
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.sent_at):%Y-%m-%d %H:%M}"


class MessageFile(models.Model):
    """A file that came with a message."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    message = models.ForeignKey(Message, verbose_name=_("メッセージ"), on_delete=models.PROTECT, related_name="files")
    file = models.OneToOneField(
        "cityhall.StoredFile", verbose_name=_("ファイル"), on_delete=models.PROTECT, related_name="message_file"
    )

    class Meta:
        verbose_name = _("メッセージの添付ファイル")
        verbose_name_plural = _("メッセージの添付ファイル")

    def __str__(self) -> str:
        return self.public_id


class Rating(models.Model):
    """How content somebody was with a procedure. Knows neither the person nor the application. Append-only."""

    procedure = models.ForeignKey(
        "applications.Procedure", verbose_name=_("手続"), on_delete=models.PROTECT, related_name="ratings"
    )
    score = models.PositiveSmallIntegerField(_("満足度（0〜10）"), validators=[MaxValueValidator(10)])
    comment = models.TextField(_("ご意見"), blank=True)
    # the month only: a time would lead back to the application
    month = models.DateField(_("月"), help_text=_("その月の1日"))

    class Meta:
        verbose_name = _("満足度")
        verbose_name_plural = _("満足度")
        indexes = [models.Index(fields=["procedure", "month"], name="rating_of_procedure")]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__lte=10),
                name="rating_score_up_to_10",
                violation_error_message=_("満足度は0から10までの数です。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.score}"


class RatingTally(models.Model):
    """How often a procedure was given a score: pages read these eleven rows, not all the ratings."""

    procedure = models.ForeignKey(
        "applications.Procedure",
        verbose_name=_("手続"),
        on_delete=models.PROTECT,
        related_name="rating_tallies",
        db_index=False,
    )
    score = models.PositiveSmallIntegerField(_("満足度（0〜10）"))
    count = models.PositiveIntegerField(_("件数"), default=0)

    class Meta:
        verbose_name = _("満足度の集計")
        verbose_name_plural = _("満足度の集計")
        constraints = [
            models.UniqueConstraint(fields=["procedure", "score"], name="rating_tally_once_per_score"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.score}: {self.count}"
