"""A person, as the city knows them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from residents.enums import ExternalIdKind, ResidentSource, Sex


class Household(models.Model):
    """People who live together according to the register (世帯)."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    number = models.CharField(_("世帯番号"), max_length=30, unique=True)

    class Meta:
        verbose_name = _("世帯")
        verbose_name_plural = _("世帯")

    def __str__(self) -> str:
        return self.number


class ResidentQuerySet(models.QuerySet["Resident"]):
    def living_here(self) -> "ResidentQuerySet":
        """Neither dead, nor moved away, nor merged into another row."""
        return self.filter(died_on__isnull=True, moved_out_on__isnull=True, merged_into__isnull=True)


class Resident(models.Model):
    """One person; never deleted. Names are stored exactly as given (IVS, surrogate pairs, never NFC/NFKC).

    Rows of the register (`source=register`) and rows people made themselves are separate until
    `services.merge_residents` joins them through `merged_into`.
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    source = models.CharField(_("登録元"), max_length=10, choices=ResidentSource)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("利用者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resident",
    )
    # 120: a name of 60 characters each with a variation selector
    family_name = models.CharField(_("氏"), max_length=120, blank=True)
    given_name = models.CharField(_("名"), max_length=120, blank=True)
    full_name = models.CharField(_("氏名"), max_length=240)
    family_kana = models.CharField(_("氏（フリガナ）"), max_length=120, blank=True)
    given_kana = models.CharField(_("名（フリガナ）"), max_length=120, blank=True)
    full_kana = models.CharField(_("フリガナ"), max_length=240, blank=True)
    # folded by residents.names.fold_name / fold_kana, written by services only
    search_name = models.CharField(_("検索用の氏名"), max_length=240, blank=True, editable=False)
    search_kana = models.CharField(_("検索用のフリガナ"), max_length=240, blank=True, editable=False)
    birth_year = models.PositiveSmallIntegerField(_("生年"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("生月"), null=True, blank=True, help_text=_("不詳のときは空欄"))
    birth_day = models.PositiveSmallIntegerField(_("生日"), null=True, blank=True, help_text=_("不詳のときは空欄"))
    birth_date = models.DateField(_("生年月日"), null=True, blank=True, help_text=_("年月日がすべて分かるとき"))
    sex = models.CharField(_("性別"), max_length=10, choices=Sex, default=Sex.UNSTATED)
    postal_code = models.CharField(_("郵便番号"), max_length=7, blank=True)
    prefecture = models.CharField(_("都道府県"), max_length=10, blank=True)
    city = models.CharField(_("市区町村"), max_length=60, blank=True)
    town = models.CharField(_("町名"), max_length=120, blank=True)
    street = models.CharField(_("番地"), max_length=120, blank=True)
    building = models.CharField(_("建物名・部屋番号"), max_length=120, blank=True)
    # what the person tells us: the register import fills empty ones at most
    phone = models.CharField(_("電話番号（E.164）"), max_length=20, blank=True)
    phone_entered = models.CharField(_("電話番号"), max_length=30, blank=True)
    contact_email = models.EmailField(_("連絡先メールアドレス"), blank=True)
    language = models.CharField(_("言語"), max_length=10, default="ja")
    household = models.ForeignKey(
        Household, verbose_name=_("世帯"), null=True, blank=True, on_delete=models.PROTECT, related_name="members"
    )
    relationship = models.CharField(_("続柄"), max_length=30, blank=True)
    moved_in_on = models.DateField(_("転入日"), null=True, blank=True)
    moved_out_on = models.DateField(_("転出日"), null=True, blank=True)
    died_on = models.DateField(_("死亡日"), null=True, blank=True)
    protected_until = models.DateField(
        _("支援措置の期限"), null=True, blank=True, help_text=_("期限まで住所を世帯員・代理人・出力に示しません。")
    )
    # indexed below where it is set: SQLite would rather read the index of the many NULLs than a range of names
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("統合先"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="merged_from",
    )
    register_as_of = models.DateField(_("台帳データの基準日"), null=True, blank=True)
    # the import that named the person last; without an index, so that touching a row stays cheap
    register_import = models.ForeignKey(
        "residents.RegisterImport",
        verbose_name=_("取込"),
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新日時"), default=timezone.now, editable=False)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("住民")
        verbose_name_plural = _("住民")
        permissions = [
            ("merge_resident", _("同じ人の登録を統合できる")),
            ("view_protected_address", _("支援措置の住所を閲覧できる")),
        ]
        indexes = [
            # prefix search is a range on these; people are ordered by folded kana
            models.Index(fields=["search_kana", "id"], name="resident_by_kana"),
            models.Index(fields=["search_name", "id"], name="resident_by_name"),
            models.Index(fields=["birth_date", "search_kana"], name="resident_by_birth"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="resident_by_phone"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="resident_by_merged_into"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(full_name=""), name="resident_has_name"),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__range=(1, 12)),
                name="resident_birth_month_in_year",
            ),
            models.CheckConstraint(
                condition=Q(birth_day__isnull=True) | Q(birth_day__range=(1, 31)), name="resident_birth_day_in_month"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="resident_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(user__isnull=True), name="resident_merged_has_no_user"
            ),
            models.CheckConstraint(
                condition=Q(postal_code="") | Q(postal_code__regex=r"^[0-9]{7}$"),
                name="resident_postal_code_seven_digits",
                violation_error_message=_("郵便番号は7桁の数字で入力してください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def address(self) -> str:
        """The address in one line, without the postal code."""
        line = f"{self.prefecture}{self.city}{self.town}{self.street}"
        return f"{line} {self.building}" if self.building else line


class ExternalId(models.Model):
    """The number another system knows a resident by. Never the My Number."""

    resident = models.ForeignKey(
        Resident, verbose_name=_("住民"), on_delete=models.PROTECT, related_name="external_ids"
    )
    kind = models.CharField(_("種類"), max_length=20, choices=ExternalIdKind)
    value = models.CharField(_("番号"), max_length=30)

    class Meta:
        verbose_name = _("外部番号")
        verbose_name_plural = _("外部番号")
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="external_id_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"
