"""Pages of this app."""

from django.urls import URLPattern, URLResolver

from reservations.urls_booking import booking_urlpatterns
from reservations.urls_classes import classes_urlpatterns
from reservations.urls_desk import desk_urlpatterns
from reservations.urls_draws import draws_urlpatterns
from reservations.urls_facilities import facilities_urlpatterns
from reservations.urls_figures import figures_urlpatterns
from reservations.urls_hall import hall_urlpatterns
from reservations.urls_pickups import pickups_urlpatterns
from reservations.urls_staff import staff_urlpatterns
from reservations.urls_supply import supply_urlpatterns

app_name = "reservations"

urlpatterns: list[URLPattern | URLResolver] = [
    *booking_urlpatterns,
    *draws_urlpatterns,
    *facilities_urlpatterns,
    *classes_urlpatterns,
    *pickups_urlpatterns,
    *hall_urlpatterns,
    *desk_urlpatterns,
    *staff_urlpatterns,
    *supply_urlpatterns,
    *figures_urlpatterns,
]
