"""Pages of who edits the supply of reservations."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from cityhall.models import Department
from reservations.models import OpeningRule, Slot
from reservations.services import supply
from reservations.supply.keys import slot_key
from tests.reservations import kit


def pages_of_supply(user):
    """A week with people in it, one day that is closed, and everything that can be opened beside the week."""
    place, group, rule, slots = _week_with_people(user)
    of_editor = [group.key, place.key]
    yield reverse("reservations:supply_list")
    yield reverse("reservations:supply_untold")
    yield reverse("reservations:supply_week", args=of_editor) + f"?week={slots[0].business_day}"
    for name in ("supply_rule_add", "supply_release", "supply_history"):
        yield reverse(f"reservations:{name}", args=of_editor)
    yield reverse("reservations:supply_rule", args=[*of_editor, rule.public_id])
    for slot in slots:
        yield reverse("reservations:supply_day", args=[*of_editor, slot.business_day.isoformat()])
        yield reverse("reservations:supply_slot", args=[*of_editor, slot_key(slot.starts_at)])


def _week_with_people(user):
    """A day with one person too many in a slot, and a closed one with people to call."""
    place, group = kit.make_place(), kit.make_group(Department.objects.get(code="kosodate"), name="相談の枠")
    service = kit.make_service(group, place)
    rule = OpeningRule(
        group=group,
        place=place,
        weekdays=list(range(7)),
        from_time=dt.time(9),
        until_time=dt.time(11),
        valid_from=timezone.localdate(),
        capacity=3,
        public_capacity=2,
        works_on_closed_days=True,
    )
    supply.save_rule(rule=rule, by=user)
    slots = [Slot.objects.get(group=group, starts_at=kit.at(kit.next_week(days), 9)) for days in (7, 8)]
    for slot in slots:
        kit.make_reservation(service, slot, is_public=False)
        kit.make_reservation(service, slot, contact=kit.make_contact(email=""), is_public=False)
    supply.change_slot(slot=slots[0], capacity=1, public_capacity=1, by=user)
    supply.close_day(place=place, group=group, day=slots[1].business_day, reason="設備の点検", by=user)
    return place, group, rule, slots
