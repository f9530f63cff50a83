"""News of a topic, sent to everybody who wants it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from cityhall.models import Work
from notices.enums import TopicState


class TopicMessage(Work):
    """One piece of news. The worker writes the mails, pushes and messages in slices (`next_id`), lane bulk."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    topic = models.ForeignKey(
        "notices.Topic", verbose_name=_("話題"), on_delete=models.PROTECT, related_name="messages"
    )
    topic_state = models.CharField(_("配信"), max_length=10, choices=TopicState, default=TopicState.DRAFT)
    title = models.CharField(_("表題"), max_length=100)
    body = models.TextField(_("本文"), max_length=2000)
    url = models.CharField(_("リンク"), max_length=300, blank=True)
    next_id = models.PositiveBigIntegerField(default=0, editable=False)
    told_count = models.PositiveIntegerField(_("配信数"), default=0)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("配信日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("話題のお知らせ")
        verbose_name_plural = _("話題のお知らせ")
        constraints = Work.work_constraints()
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return self.title
