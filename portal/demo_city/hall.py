"""Places, services, desks, machines and opening hours of the demo's city hall, out of `hall.yaml`."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from applications.models import Procedure
from cityhall.days import is_business_day, today
from cityhall.enums import DeviceKind
from cityhall.models import Department, Device
from cityhall.services import devices
from reservations.enums import ExceptionKind, Release, SupplyKind, Unit
from reservations.models import (
    CancellationStep,
    Desk,
    Display,
    Kiosk,
    OpeningException,
    OpeningRule,
    Place,
    ReleaseWave,
    RouteStep,
    Service,
    ServiceGroup,
    ServiceOffer,
)
from reservations.queries.choices import READING
from reservations.services import supply as supply_service

_FILE: Final = Path(__file__).with_name("hall.yaml")
_GROUP_FIELDS: Final = (
    "name",
    "description",
    "lead_minutes",
    "appointment_share",
    "fixed_weekday",
    "fixed_days_ahead",
    "fee_per_unit",
    "max_units",
    "max_people",
    "counts_people",
    "horizon_days",
    "has_tickets",
    "letter",
    "takes_pickups",
)
_WORKDAYS = [0, 1, 2, 3, 4]


def load_hall() -> None:
    """Make or renew them. Running it again changes nothing but what the file says anew."""
    document = content()
    for position, row in enumerate(document["places"], start=1):
        values = {name: value for name, value in row.items() if name != "key"}
        Place.objects.update_or_create(key=row["key"], defaults={**values, "position": position})
    for position, row in enumerate(document["groups"], start=1):
        _load_group(row, position)
    if not RouteStep.objects.exists():
        _load_route(document["route"])
    _load_machines(document)
    load_visits()


@cache
def content() -> dict[str, Any]:
    """The file, read once."""
    loaded: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def load_visits() -> None:
    """Which procedures lead to which visit, out of the file; those the city does not have are left out."""
    services = {service.key: service for service in Service.objects.all()}
    for procedure_key, service_key in content()["visits"].items():
        Procedure.objects.filter(key=procedure_key).update(visit_service=services[service_key])


def _load_group(row: dict[str, Any], position: int) -> None:
    # a month of slots is plenty to try
    values: dict[str, Any] = {"horizon_days": 30, **{name: row[name] for name in _GROUP_FIELDS if name in row}}
    if "fixed_time" in row:
        values["fixed_time"] = dt.time.fromisoformat(row["fixed_time"])
    group, _is_new = ServiceGroup.objects.update_or_create(
        key=row["key"],
        defaults={
            **values,
            "department": Department.objects.get(code=row["department"]),
            "kind": SupplyKind(row.get("kind", "counter")),
            "release": Release(row.get("release", "rolling")),
            "unit": Unit(row.get("unit", "slot")),
            "position": position,
        },
    )
    for days, at, percent in row.get("waves", ()):
        wave = {"at": dt.time.fromisoformat(at), "percent": percent}
        ReleaseWave.objects.update_or_create(group=group, days_before=days, defaults=wave)
    for days, percent in row.get("cancellation", ()):
        CancellationStep.objects.update_or_create(group=group, days_before=days, defaults={"percent": percent})
    services = [_load_service(group, line, number) for number, line in enumerate(row["services"], start=1)]
    for key, supply in row["places"].items():
        place = Place.objects.get(key=key)
        _load_offers(place, services, supply)
        _load_rules(group, place, supply)


def _load_service(group: ServiceGroup, line: dict[str, Any], position: int) -> Service:
    service, _is_new = Service.objects.update_or_create(
        key=line["key"],
        defaults={
            "group": group,
            "name": line["name"],
            "names": {"en": line["en"], "ja-easy": line["easy"], **_reading(line)},
            "minutes": line["minutes"],
            "what_to_bring": line["bring"],
            "position": position,
        },
    )
    return service


def _reading(line: dict[str, Any]) -> dict[str, str]:
    """How the name is read aloud: nobody sees it, the search does."""
    return {READING: line["read"]} if "read" in line else {}


def _load_offers(place: Place, services: list[Service], supply: dict[str, Any]) -> None:
    for service in services:
        ServiceOffer.objects.update_or_create(
            service=service,
            place=place,
            defaults={
                "spot": supply["spot"],
                "by_phone": supply.get("phone", False),
                "by_video": supply.get("video", False),
            },
        )
    for number in supply.get("desks", ()):
        desk, _is_new = Desk.objects.get_or_create(
            place=place, number=number, defaults={"floor": supply["spot"], "position": int(number)}
        )
        desk.services.add(*services)


def _load_route(question: dict[str, Any]) -> None:
    """The first question is a step of its own without a parent; its answers hang on it."""
    first = RouteStep.objects.create(
        label=question["question"],
        question=question["question"],
        questions={"en": question["en"], "ja-easy": question["easy"]},
    )
    _load_answers(first, question["answers"])


def _load_answers(parent: RouteStep, answers: list[dict[str, Any]]) -> None:
    for position, answer in enumerate(answers, start=1):
        step = RouteStep.objects.create(
            parent=parent,
            label=answer["label"],
            labels={"en": answer["en"], "ja-easy": answer["easy"]},
            question=answer.get("question", ""),
            service=Service.objects.get(key=answer["service"]) if "service" in answer else None,
            position=position,
        )
        _load_answers(step, answer.get("answers", []))


def _load_machines(document: dict[str, Any]) -> None:
    for row in document["displays"]:
        place = Place.objects.get(key=row["place"])
        display, is_new = Display.objects.get_or_create(
            place=place, name=row["name"], defaults={"notice": row.get("notice", "")}
        )
        if is_new:
            display.device = _device(DeviceKind.DISPLAY, row["name"])
            display.save(update_fields=["device"])
        display.groups.set(ServiceGroup.objects.filter(key__in=row["groups"]))
    for row in document["kiosks"]:
        place = Place.objects.get(key=row["place"])
        offers = {"offers_forms": row.get("forms", False)}
        kiosk, is_new = Kiosk.objects.get_or_create(place=place, name=row["name"], defaults=offers)
        if is_new:
            kiosk.device = _device(DeviceKind.KIOSK, row["name"])
            kiosk.save(update_fields=["device"])
        kiosk.services.set(Service.objects.filter(group__key__in=row["groups"], offers__place=place))


def _device(kind: DeviceKind, name: str) -> Device:
    return devices.create(kind=kind, name=name, department=None, by=None)


def _load_rules(group: ServiceGroup, place: Place, supply: dict[str, Any]) -> None:
    """Opening hours, through the service: their slots are made with them. A group without numbers has its own dates.

    The demo can be tried on any day: a weekend or a holiday on which it is begun is open, no other one.
    """
    if "capacity" not in supply:
        return
    from_time, until_time = supply.get("hours", ("08:40", "17:00"))
    if supply.get("nights"):
        # a night is one slot a day, from check-in to midnight; the stay ends at eleven the next morning
        from_time, until_time = "14:00", "23:59"
    hours = {"from_time": dt.time.fromisoformat(from_time), "until_time": dt.time.fromisoformat(until_time)}
    shared = {
        "group": group,
        "place": place,
        **hours,
        "slot_minutes": _minutes_between(**hours) if supply.get("nights") else supply["minutes"],
        "capacity": supply["capacity"],
        "public_capacity": supply["public"],
    }
    if not OpeningRule.objects.filter(group=group, place=place).exists():
        weekdays, opens_always = supply.get("weekdays", _WORKDAYS), supply.get("closed_days", False)
        rule = OpeningRule(**shared, weekdays=weekdays, works_on_closed_days=opens_always, valid_from=today())
        supply_service.save_rule(rule=rule, by=None)
    is_open = is_business_day(today()) or "weekdays" in supply
    if not is_open and not OpeningException.objects.filter(group=group, place=place, date=today()).exists():
        opened = OpeningException(**shared, date=today(), kind=ExceptionKind.OPEN, reason="体験のため")
        supply_service.add_exception(exception=opened, by=None)


def _minutes_between(*, from_time: dt.time, until_time: dt.time) -> int:
    day = today()
    return int((dt.datetime.combine(day, until_time) - dt.datetime.combine(day, from_time)).total_seconds() // 60)
