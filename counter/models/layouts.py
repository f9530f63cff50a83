"""How the form of a procedure is printed on the city's own paper (様式への印字)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.days import today
from counter.enums import LayoutState, SpotAlign, SpotFixed, SpotKind, SpotPart

PAGES_MOST = 20
_MARKS = (SpotKind.CIRCLE, SpotKind.CHECK)


class FormLayout(models.Model):
    """A blank form of the city with the places of the answers on it; once in use, a trigger refuses any change.

    A draft has its places as rows of `LayoutField`; when it is taken into use they become the document `placed`.
    """

    procedure = models.ForeignKey(
        "applications.Procedure", verbose_name=_("手続"), on_delete=models.PROTECT, related_name="layouts"
    )
    number = models.PositiveIntegerField(_("版"))
    title = models.CharField(_("様式の名前"), max_length=120)
    blank = models.ForeignKey(
        "cityhall.StoredFile", verbose_name=_("白紙の様式"), on_delete=models.PROTECT, related_name="+"
    )
    # width and height of each page in millimetres as a reader sees it; empty until the file is checked
    page_sizes = models.JSONField(_("ページの大きさ"), default=list, blank=True)
    valid_from = models.DateField(_("使い始める日"), default=today)
    # answers that have no place on the paper follow on an extra sheet
    prints_rest = models.BooleanField(_("配置していない回答を別紙に印字する"), default=True)
    state = models.CharField(_("状態"), max_length=10, choices=LayoutState, default=LayoutState.DRAFT)
    placed = models.JSONField(_("配置"), default=list, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("使用を始めた職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    activated_at = models.DateTimeField(_("使用を始めた日時"), null=True, blank=True)
    # taken out of use: the default layout, or an older one, prints again
    ended_at = models.DateTimeField(_("使用をやめた日時"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("使用をやめた職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("様式への印字")
        verbose_name_plural = _("様式への印字")
        ordering = ["procedure", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="layout_number_once"),
            models.UniqueConstraint(
                fields=["procedure"],
                condition=Q(state=LayoutState.DRAFT),
                name="layout_has_one_draft",
                violation_error_message=_("この手続には、作成中の版がすでにあります。"),
            ),
            models.CheckConstraint(
                condition=Q(state=LayoutState.DRAFT, activated_at__isnull=True, ended_at__isnull=True)
                | (Q(state=LayoutState.ACTIVE, activated_at__isnull=False, activated_by__isnull=False) & ~Q(sha256="")),
                name="layout_in_use_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.title} 第{self.number}版"

    @property
    def is_draft(self) -> bool:
        return self.state == LayoutState.DRAFT


class LayoutField(models.Model):
    """A place on a blank form in work, in millimetres from the top left corner, and what is printed there."""

    layout = models.ForeignKey(
        FormLayout, verbose_name=_("様式"), on_delete=models.CASCADE, related_name="fields", db_index=False
    )
    number = models.PositiveSmallIntegerField(_("番号"))
    page = models.PositiveSmallIntegerField(
        _("ページ"), default=1, validators=[MinValueValidator(1), MaxValueValidator(PAGES_MOST)]
    )
    x = models.DecimalField(_("左から（mm）"), max_digits=5, decimal_places=1)
    y = models.DecimalField(_("上から（mm）"), max_digits=5, decimal_places=1)
    width = models.DecimalField(_("幅（mm）"), max_digits=5, decimal_places=1)
    height = models.DecimalField(_("高さ（mm）"), max_digits=5, decimal_places=1)
    kind = models.CharField(_("印字のしかた"), max_length=10, choices=SpotKind, default=SpotKind.TEXT)
    # "key", or "group.2.key" for the second row of a repeating group
    question = models.CharField(_("質問"), max_length=120, blank=True)
    fixed = models.CharField(_("質問以外の項目"), max_length=30, choices=SpotFixed, blank=True)
    part = models.CharField(_("印字する部分"), max_length=20, choices=SpotPart, default=SpotPart.WHOLE, blank=True)
    option = models.CharField(_("選択肢の値"), max_length=100, blank=True)
    align = models.CharField(_("そろえ"), max_length=10, choices=SpotAlign, default=SpotAlign.LEFT)
    largest = models.DecimalField(_("文字の大きさ（pt）"), max_digits=4, decimal_places=1, default=10.5)
    smallest = models.DecimalField(_("縮める限度（pt）"), max_digits=4, decimal_places=1, default=6)
    boxes = models.PositiveSmallIntegerField(_("ます目の数"), default=0)

    class Meta:
        verbose_name = _("印字の位置")
        verbose_name_plural = _("印字の位置")
        ordering = ["layout", "number"]
        constraints = [
            models.UniqueConstraint(fields=["layout", "number"], name="layout_field_number_once"),
            models.CheckConstraint(
                condition=Q(x__gte=0, y__gte=0, width__gt=0, height__gt=0, page__gte=1),
                name="layout_field_lies_on_paper",
                violation_error_message=_("位置は0以上、幅と高さは0より大きい数で入力してください。"),
            ),
            models.CheckConstraint(
                condition=Q(question="", fixed__gt="") | Q(question__gt="", fixed=""),
                name="layout_field_has_one_source",
                violation_error_message=_("「質問」か「質問以外の項目」のどちらか一つを選んでください。"),
            ),
            models.CheckConstraint(
                condition=Q(smallest__gt=0, largest__gte=F("smallest")),
                name="layout_field_sizes_in_order",
                violation_error_message=_("縮める限度は、文字の大きさ以下にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(kind=SpotKind.BOXES, boxes__gte=1) | (~Q(kind=SpotKind.BOXES) & Q(boxes=0)),
                name="layout_field_boxes_are_counted",
                violation_error_message=_("ます目の数を入力してください。"),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=_MARKS) | Q(option__gt=""),
                name="layout_field_mark_has_option",
                violation_error_message=_("丸やチェックは、どの選択肢のものかを選んでください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layout_id} {self.number}"
