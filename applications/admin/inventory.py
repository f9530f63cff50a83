"""The goals of the inventory. Its rows have pages of their own, for the departments that keep them."""

from django.contrib import admin

from applications.models import InventoryGoal
from cityhall.admin import BaseAdmin


@admin.register(InventoryGoal)
class InventoryGoalAdmin(BaseAdmin):
    """The share of the year's filings that shall be possible online."""

    list_display = ["fiscal_year", "percent"]
    ordering = ["-fiscal_year"]
    search_fields = ["fiscal_year"]
