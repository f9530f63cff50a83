"""The app and what it tells the apps above it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("通知")
    has_tasks = True

    def ready(self) -> None:
        """Fill the registries. Imports stand here because models are not loaded when this module is."""
        from notices.panels import register_panels
        from notices.segments.interests import register_interests
        from notices.signing import certificate  # noqa: F401 - registers its checks

        register_interests()
        register_panels()
