"""Django's admin with our site class. Apart from apps.py, which may declare one default only."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.CityAdminSite"
