"""Campaigns, for reading; they are run on the pages for staff."""

from django.contrib import admin

from notices.admin.base import ReadOnlyAdmin, WorkAdmin
from notices.models import Campaign, CampaignEvent, CampaignFile, CampaignRow, FilingReminder


@admin.register(Campaign)
class CampaignAdmin(WorkAdmin):
    list_display = ["name", "department", "source", "campaign_state", "rows_count", "made_count", "created_by"]
    list_filter = ["campaign_state", "source", "department"]
    search_fields = ["name", "=public_id"]
    list_select_related = ["department", "created_by"]


@admin.register(CampaignRow)
class CampaignRowAdmin(ReadOnlyAdmin):
    list_display = ["campaign", "position", "state", "recipient", "notice", "problem"]
    list_filter = ["state"]
    search_fields = ["=campaign__public_id"]
    list_select_related = ["campaign", "recipient", "notice"]
    # what the list said of a person is seen by those who decide about its rows
    exclude = ["typed", "values"]


@admin.register(CampaignFile)
class CampaignFileAdmin(ReadOnlyAdmin):
    list_display = ["campaign", "name"]
    search_fields = ["=campaign__public_id", "name"]
    list_select_related = ["campaign"]


@admin.register(CampaignEvent)
class CampaignEventAdmin(ReadOnlyAdmin):
    list_display = ["campaign", "at", "state", "detail", "by"]
    list_filter = ["state"]
    search_fields = ["=campaign__public_id"]
    list_select_related = ["campaign", "by"]


@admin.register(FilingReminder)
class FilingReminderAdmin(WorkAdmin):
    list_display = ["campaign", "number", "created_by", "told_count", "unreached_count"]
    search_fields = ["=campaign__public_id"]
    list_select_related = ["campaign", "created_by"]
