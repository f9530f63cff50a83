"""The city and its departments."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.languages import picked


class Municipality(models.Model):
    """The one city this installation serves."""

    ONLY_PK = 1

    code = models.CharField(_("団体コード"), max_length=6, help_text=_("検査数字を含む6桁"))
    name = models.CharField(_("名称"), max_length=60)
    name_kana = models.CharField(_("名称カナ"), max_length=100, blank=True)
    name_en = models.CharField(_("英語名"), max_length=100, blank=True)
    prefecture = models.CharField(_("都道府県"), max_length=10)
    postal_code = models.CharField(_("郵便番号"), max_length=7)
    address = models.CharField(_("所在地"), max_length=200)
    phone = models.CharField(_("電話番号"), max_length=20)
    email = models.EmailField(_("メールアドレス"), blank=True)
    office_name = models.CharField(_("庁舎名"), max_length=60)
    mayor_title = models.CharField(_("首長の職名"), max_length=60, help_text=_("通知書の発信者。例: 緑野市長"))
    mayor_name = models.CharField(_("首長の氏名"), max_length=60)
    document_symbol = models.CharField(_("文書記号"), max_length=20, help_text=_("通知書の番号の頭。例: 緑"))
    opening_hours = models.CharField(_("開庁時間"), max_length=100)
    seal_image = models.ForeignKey(
        "cityhall.StoredFile",
        verbose_name=_("公印の画像"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("市の基本情報")
        verbose_name_plural = _("市の基本情報")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="municipality_is_the_only_one",
                violation_error_message=_("市は1件だけ登録できます。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str | None) -> str:
        """The name as it is read in the language."""
        return picked(self.name, {"en": self.name_en}, language)


class DepartmentQuerySet(models.QuerySet["Department"]):
    def active(self) -> "DepartmentQuerySet":
        return self.filter(is_active=True)


class Department(models.Model):
    """A department (課): owner of procedures and cases."""

    code = models.SlugField(_("課コード"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_kana = models.CharField(_("名称カナ"), max_length=100, blank=True)
    # language → text
    names = models.JSONField(_("他の言語の名称"), default=dict, blank=True)
    phone = models.CharField(_("電話番号"), max_length=20, blank=True)
    email = models.EmailField(_("メールアドレス"), blank=True)
    place = models.CharField(_("場所"), max_length=100, blank=True, help_text=_("例: 本庁舎1階 3番窓口"))
    place_names = models.JSONField(_("他の言語の場所"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)
    is_active = models.BooleanField(_("使用中"), default=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("課")
        verbose_name_plural = _("課")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str | None) -> str:
        """The name as it is read in the language, Japanese where it has none."""
        return picked(self.name, self.names, language)

    def place_in(self, language: str | None) -> str:
        """Where it is, in the same way."""
        return picked(self.place, self.place_names, language)
