"""Machines of the city hall: register, show a pairing code once, end."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cityhall.admin.base import BaseAdmin
from cityhall.enums import DeviceKind
from cityhall.models import Device, User
from cityhall.services import devices


@admin.register(Device)
class DeviceAdmin(BaseAdmin):
    list_display = ("name", "kind", "department", "public_id", "paired_at", "last_seen_at", "revoked_at")
    list_filter = ("kind", "department")
    list_select_related = ("department",)
    search_fields = ("name", "public_id")
    readonly_fields = ("public_id", "paired_at", "last_seen_at", "revoked_at")
    actions = ("show_pairing_code", "show_token", "revoke")

    @admin.action(description=_("接続コードを発行して表示する（10分間有効）"), permissions=["change"])
    def show_pairing_code(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for device in queryset.filter(revoked_at__isnull=True).exclude(kind=DeviceKind.SYSTEM):
            code = devices.new_pairing_code(device, by=_user(request))
            messages.success(
                request,
                _("%(name)s の接続コードは %(code)s です。端末で %(address)s を開いて入力してください。")
                % {
                    "name": device.name,
                    "code": f"{code[:4]} {code[4:]}",
                    # the page stands in the portal above: its address is part of the contract with it
                    "address": f"{settings.SITE_URL}/devices/{device.public_id}/",
                },
            )

    @admin.action(description=_("業務システム・RPAのトークンを発行して表示する（一度だけ）"), permissions=["change"])
    def show_token(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for device in queryset.filter(kind=DeviceKind.SYSTEM, revoked_at__isnull=True):
            words = {"name": device.name, "token": devices.issue_token(device, by=_user(request))}
            messages.success(
                request,
                _("%(name)s のトークンは %(token)s です。二度と表示されません。前のトークンは使えなくなりました。")
                % words,
            )

    @admin.action(description=_("接続を無効にする"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for device in queryset:
            devices.revoke(device, by=_user(request))
        messages.success(request, _("選択した端末の接続を無効にしました。"))


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
