"""The app; what it tells the apps above it is said in ready()."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CounterConfig(AppConfig):
    name = "counter"
    verbose_name = _("書かない窓口")

    def ready(self) -> None:
        """Fill the registries. Imports stand here because models are not loaded when this module is."""
        from counter import checks  # noqa: F401 - registers the system checks
        from counter.bereavement.links import register_bereavement
        from counter.bookings import register_bookings
        from counter.entry_button import register_entry_button
        from counter.guide_panel import register_guide_panel
        from counter.publishing_advice import register_publishing_advice
        from counter.staff_home import register_staff_home
        from counter.withdrawals import register_withdrawals

        register_bookings()
        register_bereavement()
        register_entry_button()
        register_guide_panel()
        register_publishing_advice()
        register_staff_home()
        register_withdrawals()
