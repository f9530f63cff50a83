"""Places, services, slots, reservations and the queue."""

from reservations.models.bookings import (
    HOLDING,
    FreedPlace,
    Reservation,
    ReservationEvent,
    ReservationItem,
    ReservationSlot,
    WaitlistEntry,
)
from reservations.models.draws import Draw, DrawChoice, DrawWish
from reservations.models.pickups import Attendance, PickupItem, PickupOrder
from reservations.models.places import Desk, DeskAlarm, DeskSession, Place
from reservations.models.queue import (
    Display,
    Kiosk,
    ServiceTime,
    Ticket,
    TicketCounter,
    TicketEvent,
    TicketPeriod,
)
from reservations.models.services import (
    CancellationStep,
    ReleaseWave,
    RouteStep,
    Service,
    ServiceGroup,
    ServiceOffer,
)
from reservations.models.supply import OpeningException, OpeningRule, Slot, SlotSeries, SupplyEvent

__all__ = [
    "HOLDING",
    "Attendance",
    "CancellationStep",
    "Desk",
    "DeskAlarm",
    "DeskSession",
    "Display",
    "Draw",
    "DrawChoice",
    "DrawWish",
    "FreedPlace",
    "Kiosk",
    "OpeningException",
    "OpeningRule",
    "PickupItem",
    "PickupOrder",
    "Place",
    "ReleaseWave",
    "Reservation",
    "ReservationEvent",
    "ReservationItem",
    "ReservationSlot",
    "RouteStep",
    "Service",
    "ServiceGroup",
    "ServiceOffer",
    "ServiceTime",
    "Slot",
    "SlotSeries",
    "SupplyEvent",
    "Ticket",
    "TicketCounter",
    "TicketEvent",
    "TicketPeriod",
    "WaitlistEntry",
]
