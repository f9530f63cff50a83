"""How often one browser and one address may hold and book. Generous by address: carriers share them."""

from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.rate_limits import is_within_limit, is_within_limit_of

HOLDS_OF_BROWSER: Final = 20
"""In ten minutes: who looks for a time holds a few, who holds more is no person."""
HOLDS_OF_ADDRESS: Final = 600
BOOKINGS_OF_BROWSER: Final = 6
"""In an hour, whatever addresses were typed: a robot with fifty of them sits at one browser."""
BOOKINGS_OF_ADDRESS: Final = 200
JOINS_OF_BROWSER: Final = 6
TOO_OFTEN: Final = _("短い時間に何度も操作がありました。しばらく待ってから、もう一度お試しください。")


class TooOften(DomainError):
    """More than one person does with one browser, or than many do behind one address."""

    code = "too_often"
    message = TOO_OFTEN


def count_hold(request: HttpRequest) -> None:
    """Count a time that is held, or that a reservation is moved to. Raises TooOften."""
    _count(request, "booking-hold", HOLDS_OF_BROWSER, HOLDS_OF_ADDRESS, seconds=600)


def count_booking(request: HttpRequest) -> None:
    """Count a booking. Raises TooOften."""
    _count(request, "booking-confirm", BOOKINGS_OF_BROWSER, BOOKINGS_OF_ADDRESS, seconds=3600)


def count_join(request: HttpRequest) -> None:
    """Count an entry into a waiting list. Raises TooOften."""
    _count(request, "booking-wait", JOINS_OF_BROWSER, BOOKINGS_OF_ADDRESS, seconds=3600)


def _count(request: HttpRequest, name: str, of_browser: int, of_address: int, *, seconds: int) -> None:
    if not _is_within(request, name, of_browser, of_address, seconds=seconds):
        raise TooOften


def _is_within(request: HttpRequest, name: str, of_browser: int, of_address: int, *, seconds: int) -> bool:
    browser = request.META.get("CSRF_COOKIE", "")
    if browser and not is_within_limit_of(browser, f"{name}-browser", times=of_browser, seconds=seconds):
        return False
    return is_within_limit(request, name, times=of_address, seconds=seconds)
