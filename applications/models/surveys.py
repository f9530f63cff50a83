"""Internal surveys (庁内照会): a form, whom it is addressed to, and who has answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import SurveyState
from cityhall.ids import public_id


class DepartmentGroup(models.Model):
    """Departments that are addressed and counted together (部, 支所 …). A department may be in several."""

    name = models.CharField(_("名称"), max_length=60, unique=True)
    departments = models.ManyToManyField("cityhall.Department", verbose_name=_("課"), related_name="survey_groups")
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)

    class Meta:
        verbose_name = _("課のグループ")
        verbose_name_plural = _("課のグループ")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Survey(models.Model):
    """A survey of departments or staff. Its questions are the form of a procedure that only staff file."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    procedure = models.OneToOneField(
        "applications.Procedure", verbose_name=_("様式"), on_delete=models.PROTECT, related_name="survey"
    )
    title = models.CharField(_("件名"), max_length=100)
    request_text = models.TextField(_("依頼文"), blank=True, help_text=_("Markdown の一部が使えます。"))
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("照会する課"), on_delete=models.PROTECT, related_name="surveys"
    )
    state = models.CharField(_("状態"), max_length=10, choices=SurveyState, default=SurveyState.DRAFT)
    answer_by_on = models.DateField(_("回答期限"))
    # addressees may see the totals when it is closed
    shows_totals = models.BooleanField(_("結果を回答者に見せる"), default=False)
    # 0: nobody is reminded but by the button
    remind_days = models.PositiveSmallIntegerField(_("自動で催促する日（期限の何日前）"), default=3)
    auto_reminded_at = models.DateTimeField(_("自動で催促した日時"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    opened_at = models.DateTimeField(_("照会日時"), null=True, blank=True)
    closed_at = models.DateTimeField(_("締切日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("庁内照会")
        verbose_name_plural = _("庁内照会")
        ordering = ["-id"]
        indexes = [models.Index(fields=["department", "state", "-id"], name="survey_of_department")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=SurveyState.DRAFT) | Q(opened_at__isnull=False), name="survey_sent_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=SurveyState.CLOSED) | Q(closed_at__isnull=False), name="survey_closed_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SurveyAddressee(models.Model):
    """One answer that is asked for: of a department (anybody in it answers for all), or of one member of staff."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    survey = models.ForeignKey(Survey, verbose_name=_("照会"), on_delete=models.CASCADE, related_name="addressees")
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="addressed_surveys",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="addressed_surveys",
    )
    # the answer that counts; answering anew puts the newer one here
    application = models.OneToOneField(
        "applications.Application",
        verbose_name=_("回答"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="survey_answer",
    )
    # what is being filled in; a draft that nobody sends is swept
    draft = models.OneToOneField(
        "applications.Application",
        verbose_name=_("下書き"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="survey_draft",
    )
    answered_at = models.DateTimeField(_("回答日時"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("催促日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("照会先")
        verbose_name_plural = _("照会先")
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=True, user__isnull=False)
                | Q(department__isnull=False, user__isnull=True),
                name="survey_addressee_is_one",
            ),
            models.UniqueConstraint(
                fields=["survey", "department"],
                condition=Q(department__isnull=False),
                name="survey_department_once",
            ),
            models.UniqueConstraint(
                fields=["survey", "user"], condition=Q(user__isnull=False), name="survey_user_once"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(application__isnull=False),
                name="survey_answered_has_answer",
            ),
            models.CheckConstraint(
                condition=Q(application__isnull=True) | Q(answered_at__isnull=False), name="survey_answer_has_time"
            ),
            models.CheckConstraint(
                condition=Q(draft__isnull=True) | Q(application__isnull=True) | ~Q(draft=models.F("application")),
                name="survey_draft_is_no_answer",
            ),
        ]

    def __str__(self) -> str:
        return str(self.department or self.user)
