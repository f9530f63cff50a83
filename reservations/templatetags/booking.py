"""What the pages of booking say in words of their own."""

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from reservations.display import Chip
from reservations.display import state_chip as chip_of
from reservations.enums import Variant
from reservations.models import Reservation, Service
from reservations.queries.choices import EASY, name_for_reader, practice_services
from residents.phones import format_phone

register = template.Library()

_WAYS: dict[str, str | Promise] = {
    Variant.ON_SITE: gettext_lazy("ここへ行く"),
    Variant.PHONE: gettext_lazy("電話で話す"),
    Variant.VIDEO: gettext_lazy("ビデオ通話で話す"),
}


@register.filter
def is_for_practice(service: Service) -> bool:
    """Whether a service is nothing but a trial: it is offered at places for trials alone. One query."""
    return service.pk is not None and practice_services().filter(pk=service.pk).exists()


@register.filter
def service_name(service: Service) -> str:
    """The name of a service in the language of the page."""
    return name_for_reader(service)


@register.filter
def easy_name(service: Service) -> str:
    """The name in easy Japanese, or nothing."""
    return str(service.names.get(EASY, ""))


@register.filter
def way_label(variant: str) -> str | Promise:
    """What the button for one way of being served says."""
    return _WAYS[variant]


@register.filter
def plain_day(value: dt.date | dt.datetime | None) -> str:
    """12月3日（木）: a day near enough to need no year."""
    if value is None:
        return ""
    day = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    weekday = (
        *(gettext("月"), gettext("火"), gettext("水"), gettext("木")),
        *(gettext("金"), gettext("土"), gettext("日")),
    )[day.weekday()]
    return gettext("%(month)s月%(day)s日（%(weekday)s）") % {"month": day.month, "day": day.day, "weekday": weekday}


@register.filter
def clock(value: dt.datetime | None) -> str:
    """9:05 in Tokyo."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{local.hour}:{local.minute:02}"


@register.filter
def phone(e164: str) -> str:
    """A telephone number as it is written in Japan."""
    return format_phone(e164)


@register.filter
def state_chip(reservation: Reservation) -> Chip:
    """The state of a reservation in words, with a tone."""
    return chip_of(reservation)
