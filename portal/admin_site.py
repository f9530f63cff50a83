"""The one admin site. Nothing is registered in this module: a site module that registers loses registrations."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class CityAdminSite(AdminSite):
    site_header = _("フロントヤード 管理")
    site_title = _("フロントヤード 管理")
    index_title = _("管理メニュー")
