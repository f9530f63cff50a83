"""The app and what it tells the apps above it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReservationsConfig(AppConfig):
    name = "reservations"
    verbose_name = _("予約と番号札")

    def ready(self) -> None:
        """Fill the registries. Imports stand here because models are not loaded when this module is."""
        from reservations.my_page import register_my_page
        from reservations.notice_actions import register_notice_actions
        from reservations.staff_home import register_staff_home

        register_my_page()
        register_notice_actions()
        register_staff_home()
