"""The app and what it tells the apps above it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CityhallConfig(AppConfig):
    name = "cityhall"
    verbose_name = _("市役所の基盤")

    def ready(self) -> None:
        # registers the system checks
        from cityhall import checks  # noqa: F401
