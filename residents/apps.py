"""The app and what it tells the apps above it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = _("住民")
    has_tasks = True

    def ready(self) -> None:
        """Fill the registries. Imported here because models are not loaded when this module is."""
        from residents.my_page import register_my_page
        from residents.segment_facts import register_segment_facts

        register_my_page()
        register_segment_facts()
