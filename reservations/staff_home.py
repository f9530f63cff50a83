"""What this app shows where staff begin: the entries of the menu, and today at one's counters."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityhall.days import today
from cityhall.models import User
from cityhall.registry import NavigationItem, Panel, navigation, staff_home_panels
from reservations.enums import ReservationState
from reservations.permissions import CHANGE_SUPPLY
from reservations.queries.scope import visible_reservations

RESERVATIONS = _("予約・窓口")
VIEW = "reservations.view_reservation"
BOOK = "reservations.book_for_others"


def _item(label: Promise, url_name: str, permission: str, **more: Any) -> NavigationItem:
    return NavigationItem(label, f"reservations:{url_name}", "staff", permission, group=RESERVATIONS, **more)


_ITEMS: dict[str, tuple[int, NavigationItem]] = {
    "day": (40, _item(_("予約の一覧"), "staff_day", VIEW)),
    "new": (41, _item(_("電話の予約を入れる"), "staff_new", BOOK)),
    "waiting": (42, _item(_("キャンセル待ち"), "staff_waiting", VIEW)),
    "supply": (44, _item(_("受付枠の設定"), "supply_list", CHANGE_SUPPLY)),
    "to_tell": (43, _item(_("連絡が必要な予約"), "staff_to_tell", VIEW)),
    "desk": (39, _item(_("窓口で呼ぶ"), "desk", "reservations.serve_desk")),
    "reception": (44, _item(_("総合受付"), "reception_places", "reservations.serve_desk")),
    "figures": (48, _item(_("窓口の数字"), "queue_figures", "reservations.view_figures")),
    "facilities": (45, _item(_("施設の予約"), "staff_facilities", BOOK)),
    "classes": (46, _item(_("教室・催し"), "staff_classes", VIEW)),
    "pickups": (46, _item(_("証明書の受け取り"), "staff_pickups", "reservations.hand_over_pickup")),
    "draws": (47, _item(_("抽選"), "staff_draws", "reservations.manage_draw")),
}


def register_staff_home() -> None:
    """Called once, from `AppConfig.ready`."""
    for key, (position, item) in _ITEMS.items():
        navigation.register(f"reservations.{key}", item, position=position)
    staff_home_panels.register(
        "reservations.day", Panel(template="reservations/staff/_home.html", context=day_counts), position=30
    )


def day_counts(request: HttpRequest) -> dict[str, Any] | None:
    """How many are booked for today and how many of them came; one query. None for who sees none."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(VIEW):
        return None
    rows = visible_reservations(user).order_by().filter(business_day=today())
    came = Q(state__in=[ReservationState.CHECKED_IN, ReservationState.DONE])
    expected = Q(state=ReservationState.BOOKED)
    return rows.aggregate(expected=Count("pk", filter=expected), came=Count("pk", filter=came))
