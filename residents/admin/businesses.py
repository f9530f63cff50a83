"""Businesses and who files for them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.admin import BaseAdmin
from cityhall.codes import is_corporate_number
from cityhall.models import User
from residents.models import Business, BusinessInvitation, BusinessMember
from residents.services import verify_business

if TYPE_CHECKING:
    # these take parameters in the stubs only
    BusinessModelForm = forms.ModelForm[Business]
    AnyInline = admin.TabularInline[Any, Any]
else:
    BusinessModelForm, AnyInline = forms.ModelForm, admin.TabularInline


class BusinessForm(BusinessModelForm):
    """Checks the corporate number beyond its length."""

    def clean_corporate_number(self) -> str | None:
        number: str = self.cleaned_data["corporate_number"] or ""
        if number and not is_corporate_number(number):
            raise ValidationError(_("法人番号の検査数字が合いません。13桁の番号を確認してください。"))
        return number or None


class VerifiedFilter(admin.SimpleListFilter):
    """Those staff have looked at, and those they have not."""

    title = gettext_lazy("登録内容の確認")
    parameter_name = "verified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", gettext_lazy("未確認")), ("yes", gettext_lazy("確認済み"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"no": True, "yes": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(verified_at__isnull=wanted)


class MemberInline(AnyInline):
    """Who may file for the business; ending sets a time, the row stays."""

    model = BusinessMember
    extra = 0
    can_delete = False
    raw_id_fields = ["user"]
    fields = ["user", "is_manager", "ended_at"]


@admin.register(Business)
class BusinessAdmin(BaseAdmin):
    form = BusinessForm
    list_display = ["name", "corporate_number", "representative", "address", "verified_at"]
    list_filter = [VerifiedFilter]
    search_fields = ["name__startswith", "corporate_number__exact"]
    fields = [
        "corporate_number", "name", "name_kana", "representative", "postal_code", "address", "phone",
        "verified_at", "verified_by", "created_at",
    ]  # fmt: skip
    readonly_fields = ["verified_at", "verified_by", "created_at"]
    inlines = [MemberInline]
    actions = ["verify"]

    def has_verify_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("residents.change_business"))

    @admin.action(description=gettext_lazy("選んだ事業者を確認済みにする"), permissions=["verify"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Business]) -> None:
        """After comparing with papers or the public site of corporate numbers."""
        if not isinstance(request.user, User):
            return
        count = sum(verify_business(business=business, by=request.user) for business in queryset)
        self.message_user(request, _("%(count)s件の事業者を確認済みにしました。") % {"count": count}, messages.SUCCESS)


@admin.register(BusinessMember)
class BusinessMemberAdmin(BaseAdmin):
    """To find the businesses of a user; changed on the page of the business."""

    list_display = ["business", "user", "is_manager", "ended_at"]
    list_filter = ["is_manager"]
    list_select_related = ["business", "user"]
    search_fields = ["business__name__startswith", "user__email__exact"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False


@admin.register(BusinessInvitation)
class BusinessInvitationAdmin(BaseAdmin):
    """Who was asked to file for a business, and what they answered."""

    append_only = True
    list_display = ["business", "email", "is_manager", "state", "invited_by", "invited_at", "answered_at"]
    list_filter = ["state"]
    list_select_related = ["business", "invited_by"]
    search_fields = ["business__name__startswith", "email__exact"]
    ordering = ["-id"]
