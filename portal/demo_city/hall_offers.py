"""Classes to join and certificates to collect in the demo's city hall. Made through the services, once."""

import datetime as dt
from typing import Final

from cityhall.days import today
from cityhall.models import User
from reservations.contacts import ContactData
from reservations.enums import ReservationChannel
from reservations.models import PickupOrder, Place, Service, ServiceGroup, SlotSeries
from reservations.queries.pickups import pickup_days
from reservations.services import classes, pickups
from reservations.services.classes import Planned
from reservations.services.pickups import Wanted

_COURSE: Final = "はじめてのスマートフォン（全4回）"
_SINGLE: Final = "スマホ相談会（1回ずつ）"
_JOINED: Final = (
    ("小林 トミ", "コバヤシ トミ", 1),
    ("山本 勝", "ヤマモト マサル", 2),
    ("中村 キヨ", "ナカムラ キヨ", 1),
)
_ORDERS: Final = (
    ("伊藤 健", "イトウ ケン", "juminhyo", 2),
    ("渡辺 恵", "ワタナベ メグミ", "kosekishomei", 1),
    ("加藤 実", "カトウ ミノル", "zeishomei", 1),
)


def load_offers() -> None:
    """Two classes with people in them, and three orders of which one lies ready."""
    group, center = ServiceGroup.objects.get(key="sumaho"), Place.objects.get(key="center")
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("id").first()
    if staff is None or SlotSeries.objects.filter(group=group).exists():
        return
    course = _class(group, center, _COURSE, staff, is_single=False, weeks=4, first=7, hour=13)
    for number, (name, kana, people) in enumerate(_JOINED):
        classes.book_seats(
            series=course,
            people=people,
            contact=ContactData(name=name, kana=kana, phone=f"+8142800220{number}"),
            request_key=f"demo-class-{number}",
            by=staff,
        )
    _class(group, center, _SINGLE, staff, is_single=True, weeks=3, first=4, hour=10)
    _load_orders(staff)


def _class(
    group: ServiceGroup, place: Place, title: str, by: User, *, is_single: bool, weeks: int, first: int, hour: int
) -> SlotSeries:
    text = "スマートフォンをお持ちでない方も参加できます。貸出用のものを用意しています。"
    draft = SlotSeries(group=group, place=place, title=title, description=text, takes_sessions=is_single)
    series = classes.save_series(series=draft, by=by)
    for week in range(weeks):
        day = today() + dt.timedelta(days=first + 7 * week)
        planned = Planned(day, dt.time(hour), dt.time(hour + 2), seats=12, public_seats=10)
        classes.add_session(series=series, planned=planned, by=by)
    classes.publish(series=series, by=by)
    return series


def _load_orders(by: User) -> None:
    group, hall = ServiceGroup.objects.get(key="shomei"), Place.objects.get(key="hall")
    days = pickup_days(group)
    orders: list[PickupOrder] = []
    for number, (name, kana, key, copies) in enumerate(_ORDERS):
        orders.append(
            pickups.order(
                group=group,
                place=hall,
                items=[Wanted(Service.objects.get(key=key), copies)],
                wanted_on=days[number],
                contact=ContactData(name=name, kana=kana, phone=f"+8142800230{number}"),
                request_key=f"demo-pickup-{number}",
                channel=ReservationChannel.PHONE,
                by=by,
            )
        )
    pickups.make_ready(pickup=orders[0], seen_revision=orders[0].revision, by=by)
