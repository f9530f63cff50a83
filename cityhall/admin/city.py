"""The city, its departments and the days it is closed."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cityhall.admin.base import BaseAdmin
from cityhall.admin.names import NamesField
from cityhall.codes import is_municipality_code
from cityhall.enums import FileKind
from cityhall.models import ClosedDay, Department, Municipality
from cityhall.services.files import UploadRefused, accept_upload

if TYPE_CHECKING:
    MunicipalityModelForm = forms.ModelForm[Municipality]
    DepartmentModelForm = forms.ModelForm[Department]
else:
    MunicipalityModelForm = DepartmentModelForm = forms.ModelForm


class MunicipalityForm(MunicipalityModelForm):
    """Checks the code's check digit and takes a new image of the seal."""

    seal_upload = forms.FileField(
        label=_("新しい公印の画像"), required=False, help_text=_("PNG形式。検査が済むと通知書に使われます。")
    )

    class Meta:
        model = Municipality
        exclude = ("seal_image",)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_municipality_code(code):
            raise ValidationError(_("検査数字が合いません。6桁の団体コードを確認してください。"))
        return code

    def clean_seal_upload(self) -> Any:
        upload = self.cleaned_data["seal_upload"]
        if upload:
            try:
                self.instance.seal_image = accept_upload(
                    upload=upload, kind=FileKind.SEAL, by=None, allowed=["image/png"]
                )
            except UploadRefused as refused:
                raise ValidationError(refused.message) from None
        return upload


@admin.register(Municipality)
class MunicipalityAdmin(BaseAdmin):
    form = MunicipalityForm
    list_display = ("name", "code", "prefecture", "mayor_name", "phone")
    search_fields = ("name", "code")
    readonly_fields = ("seal_image",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Municipality.objects.exists()

    def save_model(self, request: HttpRequest, obj: Municipality, form: Any, change: bool) -> None:
        obj.pk = Municipality.ONLY_PK
        super().save_model(request, obj, form, change)


class DepartmentForm(DepartmentModelForm):
    """Name and place in other languages have a box each."""

    names = NamesField(label=_("他の言語の名称"), required=False, help_text=_("空欄の言語では、日本語の名称が出ます。"))
    place_names = NamesField(
        label=_("他の言語の場所"), required=False, help_text=_("空欄の言語では、日本語の場所が出ます。")
    )


@admin.register(Department)
class DepartmentAdmin(BaseAdmin):
    form = DepartmentForm
    list_display = ("name", "code", "phone", "email", "place", "position", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code", "name_kana")
    ordering = ("position", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # catalogues name departments by their code
        return ("code",) if obj else ()


@admin.register(ClosedDay)
class ClosedDayAdmin(BaseAdmin):
    can_delete = True
    list_display = ("date", "name")
    list_filter = ("date",)
    search_fields = ("name",)
    ordering = ("-date",)
