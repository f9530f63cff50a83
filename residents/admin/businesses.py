"""Businesses and who files for them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cityhall.admin import BaseAdmin
from cityhall.codes import is_corporate_number
from residents.models import Business, BusinessMember

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
    list_display = ["name", "corporate_number", "address", "phone"]
    search_fields = ["name__startswith", "corporate_number__exact"]
    fields = ["corporate_number", "name", "name_kana", "postal_code", "address", "phone", "created_at"]
    readonly_fields = ["created_at"]
    inlines = [MemberInline]


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
