"""Neighbourhood circulars (回覧板): what the city or the head of a district passes round, and who has read it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from cityhall.models import Work


class District(models.Model):
    """A neighbourhood association (自治会・町内会)."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    name = models.CharField(_("名称"), max_length=60, unique=True)
    # towns as the register writes them: whoever lives there may join
    towns = models.JSONField(_("町名"), default=list, blank=True)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("自治会")
        verbose_name_plural = _("自治会")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DistrictHead(models.Model):
    """Who looks after a district (自治会長), from when until when."""

    district = models.ForeignKey(District, verbose_name=_("自治会"), on_delete=models.PROTECT, related_name="heads")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("利用者"), on_delete=models.PROTECT, related_name="districts"
    )
    valid_from = models.DateField(_("開始日"))
    valid_until = models.DateField(_("終了日"), null=True, blank=True)

    class Meta:
        verbose_name = _("自治会長")
        verbose_name_plural = _("自治会長")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="district_head_ends_after_start",
                violation_error_message=_("終了日は開始日以降にしてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.district} {self.user}"


class CircularHome(models.Model):
    """A home of a district: a household of the register, or one that the head wrote down."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    district = models.ForeignKey(District, verbose_name=_("自治会"), on_delete=models.PROTECT, related_name="homes")
    name = models.CharField(_("世帯の名前"), max_length=120, help_text=_("例: 青木（3班）"))
    section = models.CharField(_("班"), max_length=20, blank=True)
    household = models.ForeignKey(
        "residents.Household",
        verbose_name=_("世帯"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="circular_homes",
    )
    # the tablet on the wall: no sign-in after its pairing
    device = models.OneToOneField(
        "cityhall.Device",
        verbose_name=_("端末"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="circular_home",
    )
    wants_paper = models.BooleanField(_("紙で回す"), default=False)
    position = models.PositiveSmallIntegerField(_("順番"), default=0)
    ended_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    # of the form in which the head wrote it down; NULL: the household joined by itself
    request_key = models.CharField(_("要求キー"), max_length=80, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("回覧の世帯")
        verbose_name_plural = _("回覧の世帯")
        ordering = ["section", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "household"],
                condition=Q(household__isnull=False, ended_at__isnull=True),
                name="circular_home_household_once",
                violation_error_message=_("この世帯は登録済みです。"),
            ),
            # the same form sent twice; another name typed after going back is another home
            models.UniqueConstraint(
                fields=["request_key", "district", "section", "name"],
                condition=Q(request_key__isnull=False),
                name="circular_home_form_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Circular(models.Model):
    """One sheet passed round in one or more districts."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    title = models.CharField(_("表題"), max_length=100)
    body = models.TextField(_("本文"), blank=True)
    districts = models.ManyToManyField(District, verbose_name=_("自治会"), related_name="circulars")
    file = models.ForeignKey(
        "cityhall.StoredFile",
        verbose_name=_("添付（PDF）"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # NULL: written by the head of a district
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("課"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("回覧開始"), null=True, blank=True)
    ends_on = models.DateField(_("掲載終了日"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("取消日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("電子回覧板")
        verbose_name_plural = _("電子回覧板")
        indexes = [models.Index(fields=["-published_at"], name="circular_newest")]

    def __str__(self) -> str:
        return self.title


class CircularRound(Work):
    """Telling the households of a circular's districts that it is there, in slices (`next_id`), lane bulk."""

    circular = models.OneToOneField(Circular, verbose_name=_("回覧"), on_delete=models.PROTECT, related_name="round")
    next_id = models.PositiveBigIntegerField(default=0, editable=False)
    told_count = models.PositiveIntegerField(_("お知らせした人数"), default=0)

    class Meta:
        verbose_name = _("回覧のお知らせ")
        verbose_name_plural = _("回覧のお知らせ")
        constraints = Work.work_constraints()
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return str(self.circular_id)


class CircularReading(models.Model):
    """A home has read a circular: on a phone, on its tablet, or on paper (then the head says so)."""

    circular = models.ForeignKey(Circular, verbose_name=_("回覧"), on_delete=models.PROTECT, related_name="readings")
    home = models.ForeignKey(CircularHome, verbose_name=_("世帯"), on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField(_("日時"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("操作者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    on_paper = models.BooleanField(_("紙で確認"), default=False)

    class Meta:
        verbose_name = _("回覧の確認")
        verbose_name_plural = _("回覧の確認")
        constraints = [models.UniqueConstraint(fields=["circular", "home"], name="circular_read_once")]

    def __str__(self) -> str:
        return f"{self.circular_id} {self.home_id}"
