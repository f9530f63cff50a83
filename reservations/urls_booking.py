"""Pages on which residents and guests book, and of what they booked."""

from django.urls import URLPattern, URLResolver, path

from reservations.views import links, mine, moving, waiting
from reservations.views.booking import choosing, days, held

_SERVICE = "reserve/<slug:key>/"
_PLACE = f"{_SERVICE}at/<slug:place_key>/"
_HELD = "reserve/held/<str:public_id>/"
_OWN = "my/reservations/<str:public_id>/"
_ENTRY = "my/waiting/<str:public_id>/"

booking_urlpatterns: list[URLPattern | URLResolver] = [
    path("reserve/", choosing.booking_start, name="booking_start"),
    # before the services: no service is called so
    path("reserve/find/", links.booking_find, name="booking_find"),
    path(f"{_HELD}contact/", held.booking_contact, name="booking_contact"),
    path(f"{_HELD}check/", held.booking_check, name="booking_check"),
    path(_SERVICE, choosing.booking_service, name="booking_service"),
    path(f"{_SERVICE}places/", choosing.booking_places, name="booking_places"),
    path(_PLACE, days.booking_month, name="booking_month"),
    path(f"{_PLACE}waiting/", waiting.booking_waiting, name="booking_waiting"),
    path(f"{_PLACE}<str:day>/", days.booking_day, name="booking_day"),
    path("r/<str:public_id>/<str:secret>/", links.link_open, name="link_open"),
    path("w/<str:public_id>/<str:secret>/", links.waiting_open, name="waiting_open"),
    path("my/reservations/", mine.my_reservations, name="my_reservations"),
    path(_OWN, mine.reservation_detail, name="reservation_detail"),
    path(f"{_OWN}done/", mine.reservation_done, name="reservation_done"),
    path(f"{_OWN}print/", mine.reservation_print, name="reservation_print"),
    path(f"{_OWN}calendar.ics", mine.reservation_ics, name="reservation_ics"),
    path(f"{_OWN}edit/", mine.reservation_edit, name="reservation_edit"),
    path(f"{_OWN}move/", moving.reservation_move, name="reservation_move"),
    path(f"{_OWN}move/<str:day>/", moving.reservation_move_day, name="reservation_move_day"),
    path(f"{_OWN}cancel/", mine.reservation_cancel, name="reservation_cancel"),
    path(f"{_OWN}leave/", mine.reservation_leave, name="reservation_leave"),
    path(_ENTRY, waiting.waiting_detail, name="waiting_detail"),
    path(f"{_ENTRY}accept/", waiting.waiting_accept, name="waiting_accept"),
    path(f"{_ENTRY}leave/", waiting.waiting_leave, name="waiting_leave"),
]
