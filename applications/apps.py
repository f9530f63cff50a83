"""The app and what it tells the apps above it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("申請")

    def ready(self) -> None:
        """Fill the registries. Imports stand here because models are not loaded when this module is."""
        from applications.business_page import register_business_page
        from applications.checklist_hindrance import register_checklist_hindrance
        from applications.fee_hindrance import register_fee_hindrance
        from applications.letter_keeper import register_letter_keeper
        from applications.my_page import register_my_page
        from applications.notice_actions import register_notice_actions
        from applications.notice_sources import register_notice_sources
        from applications.segment_facts import register_segment_facts
        from applications.staff_home import register_staff_home

        register_business_page()
        register_checklist_hindrance()
        register_fee_hindrance()
        register_letter_keeper()
        register_my_page()
        register_notice_actions()
        register_notice_sources()
        register_segment_facts()
        register_staff_home()
