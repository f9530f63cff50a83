"""What the pages of facilities, classes and pick-up say in words of their own."""

import datetime as dt
from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.translation import gettext

from reservations.enums import SupplyKind, Unit
from reservations.models import CancellationStep, Reservation, ServiceGroup, ServiceOffer, Slot
from reservations.queries.facilities import Stay, units_of
from reservations.templatetags.booking import clock, plain_day

register = template.Library()


@register.filter
def yen(amount: int) -> str:
    """2,500円."""
    return gettext("%(amount)s円") % {"amount": f"{amount:,}"}


@register.filter
def unit_word(offer: ServiceOffer) -> str:
    """What the fee of a facility is for: 1泊, 1時間, 30分."""
    if offer.service.group.unit == Unit.NIGHT:
        return gettext("1泊")
    minutes = getattr(offer, "unit_minutes", None)
    return _length(minutes) if minutes else gettext("1回")


@register.filter
def longest_word(offer: ServiceOffer) -> str:
    """How long one may stay: 続けて6時間まで."""
    most = offer.service.group.max_units
    if offer.service.group.unit == Unit.NIGHT:
        return gettext("続けて%(most)s泊まで") % {"most": most}
    minutes = getattr(offer, "unit_minutes", None)
    return gettext("続けて%(most)sまで") % {"most": _length(minutes * most) if minutes else gettext("%s回") % most}


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not rest:
        return gettext("%(hours)s時間") % {"hours": hours}
    if not hours:
        return gettext("%(minutes)s分") % {"minutes": rest}
    return gettext("%(hours)s時間%(minutes)s分") % {"hours": hours, "minutes": rest}


def stay_text(stay: Stay, group: ServiceGroup) -> str:
    """One choice of the list: how long, until when, how much."""
    price = yen(stay.fee) if stay.fee else gettext("無料")
    if group.unit == Unit.NIGHT:
        sentence = gettext("%(nights)s泊　%(until)sの朝まで　%(price)s")
        return sentence % {"nights": stay.units, "until": plain_day(stay.leaves_on), "price": price}
    sentence = gettext("%(from)s〜%(until)s　%(price)s")
    return sentence % {"from": clock(stay.starts_at), "until": clock(stay.ends_at), "price": price}


@register.filter
def time_text(reservation: Reservation) -> str:
    """When a reservation is, in one line. One query for nights, none for the rest."""
    first, start = plain_day(reservation.starts_at), clock(reservation.starts_at)
    if reservation.group.unit == Unit.NIGHT:
        sentence = gettext("%(first)s %(start)sから %(nights)s泊（%(last)sの朝まで）")
        nights = units_of(reservation)
        last = reservation.business_day + dt.timedelta(days=nights)
        return sentence % {"first": first, "start": start, "nights": nights, "last": plain_day(last)}
    if plain_day(reservation.ends_at) != first:
        return gettext("%(first)s %(start)s〜%(last)s %(end)s") % {
            "first": first,
            "start": start,
            "last": plain_day(reservation.ends_at),
            "end": clock(reservation.ends_at),
        }
    return f"{first} {start}〜{clock(reservation.ends_at)}"


@register.filter
def sessions_booked(reservation: Reservation) -> list[Slot]:
    """The sessions somebody comes to; none for what is no class. One query."""
    if reservation.series_id is None:
        return []
    return list(Slot.objects.filter(reservation_slots__reservation=reservation).order_by("starts_at"))


@register.filter
def cancellation_rules(reservation: Reservation) -> list[str]:
    """What cancelling costs, in sentences; none where there is no fee. One query."""
    if not reservation.fee:
        return []
    return rule_texts(reservation.group.cancellation_steps.order_by("-days_before"))


@register.filter
def group_rules(group: ServiceGroup) -> list[str]:
    """The same of a group that is looked at."""
    if not group.fee_per_unit:
        return []
    return rule_texts(sorted(group.cancellation_steps.all(), key=lambda step: -step.days_before))


def rule_texts(steps: Iterable[CancellationStep]) -> list[str]:
    """3日前から: 料金の50%. What comes before the first step is free."""
    return [_rule_text(step) for step in steps]


def _rule_text(step: CancellationStep) -> str:
    if step.days_before == 0:
        return gettext("当日の取消：料金の%(percent)s%%") % {"percent": step.percent}
    return gettext("%(days)s日前からの取消：料金の%(percent)s%%") % {"days": step.days_before, "percent": step.percent}


@register.filter
def again_href(reservation: Reservation) -> str:
    """Where somebody books the same once more."""
    if reservation.group.kind == SupplyKind.FACILITY:
        return reverse("reservations:facility_month", args=[reservation.service.key, reservation.place.key])
    if reservation.group.kind == SupplyKind.EVENT:
        return reverse("reservations:class_list")
    return reverse("reservations:booking_service", args=[reservation.service.key])
