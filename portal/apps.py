"""The top of the house."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("ポータル")

    def ready(self) -> None:
        """Listen to the packages we use, add our pages to the menus, and keep the demo out of a real city."""
        # models are loaded now, not when this module is read
        from cityhall.registry import NavigationItem, navigation
        from portal import receivers

        if settings.DEMO and settings.SESSION_COOKIE_SECURE:
            raise ImproperlyConfigured("DEMO opens every account with one click: it does not start as production")
        receivers.connect()
        navigation.register(
            "portal.my_page", NavigationItem(_("マイページ"), "portal:my_page", "resident"), position=20
        )
        navigation.register("portal.staff_home", NavigationItem(_("ホーム"), "portal:staff_home", "staff"), position=0)
        navigation.register(
            "portal.status",
            NavigationItem(_("稼働状況"), "portal:status", "staff", "portal.view_status", group=_("管理")),
            position=900,
        )
        navigation.register(
            "portal.admin",
            NavigationItem(_("管理画面"), "admin:index", "staff", "portal.view_status", group=_("管理")),
            position=910,
        )
