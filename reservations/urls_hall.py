"""Pages of the hall: kiosk, phone, floor staff, tickets, displays, waiting times."""

from django.urls import URLPattern, URLResolver, path

from reservations.views.hall import display, kiosk, phone, reception, ticket, waiting

hall_urlpatterns: list[URLPattern | URLResolver] = [
    path("kiosk/", kiosk.home, name="kiosk_home"),
    path("kiosk/services/", kiosk.services, name="kiosk_services"),
    path("kiosk/services/<slug:key>/", kiosk.service, name="kiosk_service"),
    path("kiosk/questions/", kiosk.route, name="kiosk_route"),
    path("kiosk/questions/<int:step_id>/", kiosk.route, name="kiosk_question"),
    path("kiosk/check-in/", kiosk.arrive, name="kiosk_check_in"),
    path("kiosk/tickets/<str:public_id>/", kiosk.ticket, name="kiosk_ticket"),
    path("hall/<slug:place_key>/", phone.home, name="phone_home"),
    path("hall/<slug:place_key>/services/", phone.services, name="phone_services"),
    path("hall/<slug:place_key>/services/<slug:key>/", phone.service, name="phone_service"),
    path("hall/<slug:place_key>/questions/", phone.route, name="phone_route"),
    path("hall/<slug:place_key>/questions/<int:step_id>/", phone.route, name="phone_question"),
    path("hall/<slug:place_key>/check-in/", phone.arrive, name="phone_check_in"),
    path("staff/reception/", reception.places, name="reception_places"),
    path("staff/reception/<slug:place_key>/", reception.home, name="reception_home"),
    path("staff/reception/<slug:place_key>/services/", reception.services, name="reception_services"),
    path("staff/reception/<slug:place_key>/services/<slug:key>/", reception.service, name="reception_service"),
    path("staff/reception/<slug:place_key>/questions/", reception.route, name="reception_route"),
    path("staff/reception/<slug:place_key>/questions/<int:step_id>/", reception.route, name="reception_question"),
    path("staff/reception/<slug:place_key>/check-in/", reception.arrive, name="reception_check_in"),
    path("staff/reception/<slug:place_key>/tickets/<str:public_id>/", reception.ticket, name="reception_ticket"),
    path("tickets/<str:public_id>/", ticket.show, name="ticket"),
    path("tickets/<str:public_id>/state/", ticket.state, name="ticket_state"),
    path("tickets/<str:public_id>/leave/", ticket.leave, name="ticket_leave"),
    path("tickets/<str:public_id>/away/", ticket.away, name="ticket_away"),
    path("tickets/<str:public_id>/alert/", ticket.alert, name="ticket_alert"),
    path("display/", display.show, name="display"),
    path("display/state/", display.state, name="display_state"),
    path("hall/<slug:place_key>/map/", waiting.floor_map, name="floor_map"),
    path("waiting/", waiting.places, name="waiting_places"),
    path("waiting/<slug:place_key>/", waiting.place, name="waiting_place"),
    path("waiting/<slug:place_key>/state/", waiting.state, name="waiting_state"),
]
