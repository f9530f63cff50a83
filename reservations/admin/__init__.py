"""Places, services and machines for administrators; what happened can be read."""

from reservations.admin import bookings, hall, places, services, supply

__all__ = ["bookings", "hall", "places", "services", "supply"]
