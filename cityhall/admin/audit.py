"""The audit trail, to search and to read. Looking at it is written down as well."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from cityhall.admin.base import BaseAdmin
from cityhall.admin.filters import InputFilter
from cityhall.days import TOKYO
from cityhall.models import AuditEvent, AuditSeal


class ActorFilter(InputFilter):
    """The e-mail address or the name an event was written with."""

    title = _("操作者")
    parameter_name = "actor"

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(Q(actor__email__iexact=value) | Q(actor_label=value))


class TargetTypeFilter(InputFilter):
    title = _("対象の種類")
    parameter_name = "target_type"
    field_name = "target_type"


class TargetFilter(InputFilter):
    title = _("対象のID")
    parameter_name = "target"
    field_name = "target_id"


class DayFilter(InputFilter):
    """One end of a range of Tokyo days; what is no date, or one that UTC cannot hold, finds nothing."""

    input_type = "date"

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        try:
            day = parse_date(value)
            # to UTC at once: the last day of the calendar ends within it there
            midnight = dt.datetime.combine(day, dt.time(), TOKYO).astimezone(dt.UTC) if day else None
            return self.cut(queryset, midnight) if midnight else queryset.none()
        except (ValueError, OverflowError):
            return queryset.none()

    def cut(self, queryset: QuerySet[Any], midnight: dt.datetime) -> QuerySet[Any]:
        raise NotImplementedError


class FromFilter(DayFilter):
    title = _("この日から")
    parameter_name = "from"

    def cut(self, queryset: QuerySet[Any], midnight: dt.datetime) -> QuerySet[Any]:
        return queryset.filter(at__gte=midnight)


class UntilFilter(DayFilter):
    title = _("この日まで")
    parameter_name = "until"

    def cut(self, queryset: QuerySet[Any], midnight: dt.datetime) -> QuerySet[Any]:
        return queryset.filter(at__lt=midnight + dt.timedelta(days=1))


@admin.register(AuditEvent)
class AuditEventAdmin(BaseAdmin):
    append_only = True
    list_display = ("at", "action", "actor_label", "target_type", "target_id", "target_label", "detail", "is_sealed")
    list_filter = (FromFilter, UntilFilter, ActorFilter, TargetTypeFilter, TargetFilter, "action")
    search_fields = ("=target_id", "=request_id", "target_label__startswith")
    search_help_text = _("対象のID、要求ID、または対象の名前の先頭")
    ordering = ("-id",)

    @admin.display(description=_("封印"), boolean=True)
    def is_sealed(self, event: AuditEvent) -> bool:
        return event.position is not None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("actor")


@admin.register(AuditSeal)
class AuditSealAdmin(BaseAdmin):
    append_only = True
    list_display = ("last_position", "count", "sealed_at", "seal")
    ordering = ("-last_position",)
    search_fields = ("=last_position",)
