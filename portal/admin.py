"""Third-party models: what administrators need of them, and nothing that would harm."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django_q.models import Failure, OrmQ, Schedule, Success

from cityhall.admin import BaseAdmin
from cityhall.admin.people import UserAdmin
from cityhall.models import User
from portal import receivers

# rights come from roles, not groups; the Schedule form would run any function it is given;
# people are registered below, by the class that knows how they sign in
for model in (Group, Failure, OrmQ, Schedule, Success, Authenticator, EmailAddress, User):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class SignInUserAdmin(UserAdmin):
    """Of a member of staff whose address is replaced, the old one opens nothing any more."""

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """In the transaction of the admin's form."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            receivers.forget_addresses(obj)


@admin.register(Authenticator)
class AuthenticatorAdmin(BaseAdmin):
    """Second factors: removed here when somebody has lost theirs; the secret is never shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__email", "user__name")
    list_select_related = ("user",)
    fields = ("user", "type", "created_at", "last_used_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the person sets one up."""
        return False


@admin.register(EmailAddress)
class EmailAddressAdmin(BaseAdmin):
    """Addresses people sign in with; verified only by a code that the person typed in."""

    list_display = ("email", "user", "verified", "primary")
    list_filter = ("verified",)
    search_fields = ("email", "user__name")
    list_select_related = ("user",)
    fields = ("user", "email", "verified", "primary")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Addresses come from the person's own sign-in."""
        return False
