"""Fees, their journal and closed tills can be read here; money moves on the pages of the till."""

from django.contrib import admin

from applications.admin.base import ReadOnlyAdmin
from applications.admin.cases import PartOfCaseAdmin
from applications.models import DailyClosing, Payment, PaymentEvent


@admin.register(Payment)
class PaymentAdmin(PartOfCaseAdmin):
    list_display = ["application", "label", "amount", "state", "method", "received_in", "business_day"]
    list_filter = ["state", "method", "received_in", "business_day"]
    list_select_related = ["application", "received_in"]


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnlyAdmin):
    list_display = ["payment", "kind", "at", "actor", "amount", "method", "department", "business_day"]
    list_filter = ["kind", "method", "department", "business_day"]
    search_fields = ["=payment__application__number", "=receipt_number"]
    list_select_related = ["payment", "actor", "department"]


@admin.register(DailyClosing)
class DailyClosingAdmin(ReadOnlyAdmin):
    list_display = ["department", "business_day", "counted_cash", "note", "closed_by", "closed_at"]
    list_filter = ["department", "business_day"]
    search_fields = ["=public_id"]
    list_select_related = ["department", "closed_by"]
