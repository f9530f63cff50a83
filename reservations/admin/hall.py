"""Tickets, desks at work and what was learned, to be read."""

from django.contrib import admin

from reservations.admin.base import ReadOnlyAdmin
from reservations.models import DeskAlarm, DeskSession, ServiceTime, Ticket, TicketEvent, TicketPeriod


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ["label", "business_day", "place", "group", "state", "desk", "issued_at", "finished_at"]
    list_filter = ["state", "place", "source"]
    search_fields = ["=public_id"]
    list_select_related = ["place", "group", "desk__place"]


@admin.register(TicketEvent)
class TicketEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "ticket", "desk", "actor"]
    search_fields = ["=ticket__public_id"]
    list_filter = ["kind"]
    list_select_related = ["ticket", "desk__place", "actor"]


@admin.register(TicketPeriod)
class TicketPeriodAdmin(ReadOnlyAdmin):
    list_display = ["ticket", "state", "place", "service", "desk", "from_at", "until_at", "seconds"]
    search_fields = ["=ticket__public_id"]
    list_filter = ["state", "place"]
    list_select_related = ["ticket", "place", "service", "desk__place"]


@admin.register(DeskSession)
class DeskSessionAdmin(ReadOnlyAdmin):
    list_display = ["desk", "user", "started_at", "ended_at", "break_since"]
    search_fields = ["=desk__number", "user__name"]
    list_select_related = ["desk__place", "user"]


@admin.register(DeskAlarm)
class DeskAlarmAdmin(ReadOnlyAdmin):
    list_display = ["desk", "raised_by", "raised_at", "answered_by", "answered_at", "closed_at"]
    search_fields = ["=desk__number", "raised_by__name"]
    list_select_related = ["desk__place", "raised_by", "answered_by"]


@admin.register(ServiceTime)
class ServiceTimeAdmin(ReadOnlyAdmin):
    list_display = ["service", "place", "hour", "served", "mean_seconds", "spread_seconds", "learned_at"]
    list_filter = ["place"]
    search_fields = ["service__name"]
    list_select_related = ["service", "place"]
