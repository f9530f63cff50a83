"""What each role may do with places, reservations and the queue. Departments are scoped by the queries."""

from cityhall.enums import Role

CHANGE_SUPPLY = "reservations.change_supply"

# see the day's reservations, book and change for somebody on the telephone, hand over what was ordered
_SERVE = frozenset(
    {
        "reservations.view_reservation",
        "reservations.book_for_others",
        "reservations.serve_desk",
        "reservations.hand_over_pickup",
    }
)
_SUPPLY = frozenset({CHANGE_SUPPLY, "reservations.manage_draw"})
_FIGURES = frozenset({"reservations.view_figures"})
_SETTINGS = (
    "place",
    "desk",
    "servicegroup",
    "releasewave",
    "cancellationstep",
    "service",
    "serviceoffer",
    "routestep",
    "display",
    "kiosk",
    "slotseries",
)
_READ_ONLY = (
    "openingrule",
    "openingexception",
    "slot",
    "supplyevent",
    "reservation",
    "reservationevent",
    "freedplace",
    "waitlistentry",
    "draw",
    "drawwish",
    "ticket",
    "ticketevent",
    "ticketperiod",
    "desksession",
    "deskalarm",
    "servicetime",
    "pickuporder",
    "attendance",
)
_VIEW_ALL = frozenset(f"reservations.view_{table}" for table in (*_SETTINGS, *_READ_ONLY))

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.CLERK: _SERVE,
    Role.CONTRACT_CLERK: _SERVE,
    Role.HANDLER: _SERVE | _SUPPLY | _FIGURES,
    Role.APPROVER: _SERVE | _SUPPLY | _FIGURES,
    Role.ADMINISTRATOR: _VIEW_ALL
    | _SUPPLY
    | _FIGURES
    | frozenset(f"reservations.{verb}_{table}" for verb in ("add", "change") for table in _SETTINGS),
    Role.AUDITOR: _VIEW_ALL | _FIGURES,
}
