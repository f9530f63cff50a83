"""Users and the roles of staff."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cityhall.admin.base import BaseAdmin
from cityhall.models import StaffRole, User

if TYPE_CHECKING:
    RoleInlineBase = admin.TabularInline[StaffRole, User]
else:
    RoleInlineBase = admin.TabularInline


class StaffRoleInline(RoleInlineBase):
    """Roles end by their date; they are not deleted, so that an old decision stays explicable."""

    model = StaffRole
    extra = 0
    can_delete = False
    autocomplete_fields = ("department",)


@admin.register(User)
class UserAdmin(BaseAdmin):
    """Staff are registered here and set their password by mail; residents register themselves.

    Of a resident only `is_active` can be changed: name and address are the person's own.
    """

    list_display = ("__str__", "email", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_active", "roles__role", "roles__department")
    search_fields = ("^email", "name")
    ordering = ("-id",)
    fields = ("email", "name", "language", "is_staff", "is_active", "last_login", "date_joined")
    readonly_fields = ("is_staff", "last_login", "date_joined")
    inlines = (StaffRoleInline,)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("email", "name", "language", "is_active")

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.inlines if obj is None or obj.is_staff else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and not obj.is_staff:
            return ("email", "name", "language", *self.readonly_fields)
        return self.readonly_fields if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers are changed by superusers only."""
        if obj is not None and obj.is_superuser and not (isinstance(request.user, User) and request.user.is_superuser):
            return False
        return super().has_change_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "email" in form.base_fields:
            form.base_fields["email"].required = True
            form.base_fields["email"].help_text = _(
                "職員はこのアドレスで「パスワードを忘れた方」から最初のパスワードを設定します。"
            )
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(StaffRole)
class StaffRoleAdmin(BaseAdmin):
    list_display = ("user", "role", "department", "active_from", "active_until")
    list_filter = ("role", "department")
    list_select_related = ("user", "department")
    search_fields = ("^user__email", "user__name")
    autocomplete_fields = ("user", "department")
    ordering = ("-id",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # a role of another person or department is another role
        return ("user", "role", "department") if obj else ()
