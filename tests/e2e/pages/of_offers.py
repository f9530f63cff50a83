"""Pages of facilities, classes and certificates to collect: for everybody, for residents, for staff."""

import datetime as dt

from django.urls import reverse

from cityhall.days import today
from cityhall.models import User
from reservations.contacts import ContactData
from reservations.models import PickupOrder, Place, Service, ServiceGroup, Slot, SlotSeries
from reservations.queries.pickups import pickup_days
from reservations.services import classes, pickups
from residents.queries import resident_of


def at(name, *parts, query=""):
    return reverse(f"reservations:{name}", args=parts) + (f"?{query}" if query else "")


def pages_of_everybody():
    """A room by the hour and a site by the night, classes with seats and without, the order of certificates."""
    yield from (at(f"{name}_list") for name in ("facility", "class"))
    tomorrow = (today() + dt.timedelta(days=1)).isoformat()
    for parts in (("kaigishitsu", "center"), ("camp", "riverside")):
        yield at("facility_month", *parts)
        yield at("facility_day", *parts, tomorrow)
    yield at("facility_day", "kaigishitsu", "center", tomorrow, query="from=10:00")
    for series in SlotSeries.objects.filter(is_public=True):
        yield at("class_detail", series.public_id)
    full = _full_class().public_id
    yield from (at("class_detail", full), at("class_waiting", full))
    yield from (at("pickup_start"), at("pickup_new", "shomei"))


def pages_of_resident(user):
    """An order of the person's own."""
    order = _order(ContactData(resident=resident_of(user), email=user.email), key=f"axe {user.pk}")
    yield from (at(f"pickup_{name}", order.public_id) for name in ("detail", "cancel"))


def pages_of_classes(_user):
    """Making a class, who comes, and the door."""
    series = SlotSeries.objects.filter(reservations__isnull=False).distinct().first()
    slot = Slot.objects.filter(series=series).order_by("starts_at").first()
    yield from (at("staff_classes"), at("staff_class_new"))
    for name in ("class", "class_edit", "class_enrol", "roster", "roster_print"):
        yield at(f"staff_{name}", series.public_id)
    for name in ("session_edit", "session_cancel", "attendance"):
        yield at(f"staff_{name}", series.public_id, slot.pk)


def pages_of_counter(_user):
    """Facilities at the telephone, and certificates that are handed over."""
    yield at("staff_facilities")
    day = (today() + dt.timedelta(days=1)).isoformat()
    yield at("staff_facility", "kaigishitsu", "center", query=f"day={day}&from=10:00")
    yield from (at("staff_pickups"), at("staff_pickups", query="state=unclaimed"), at("staff_pickup_new", "shomei"))
    for order in PickupOrder.objects.order_by("id")[:2]:
        yield at("staff_pickup", order.public_id)


def _full_class():
    """Nobody may take a seat of it online."""
    editor = User.objects.get(email="handler@city.example.jp")
    group, place = ServiceGroup.objects.get(key="sumaho"), Place.objects.get(key="center")
    series = classes.save_series(series=SlotSeries(group=group, place=place, title="満席の講座"), by=editor)
    day = today() + dt.timedelta(days=25)
    planned = classes.Planned(day, dt.time(18), dt.time(20), seats=1, public_seats=0)
    classes.add_session(series=series, planned=planned, by=editor)
    classes.publish(series=series, by=editor)
    return series


def _order(contact, *, key):
    group = ServiceGroup.objects.get(key="shomei")
    return pickups.order(
        group=group,
        place=Place.objects.get(key="hall"),
        items=[pickups.Wanted(Service.objects.get(key="juminhyo"))],
        wanted_on=pickup_days(group)[0],
        contact=contact,
        request_key=key,
    )
