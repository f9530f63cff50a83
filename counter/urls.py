"""Pages of this app."""

from django.urls import URLPattern, URLResolver

from counter.urls_bereavement import bereavement_urlpatterns
from counter.urls_booking import booking_urlpatterns
from counter.urls_card import card_urlpatterns
from counter.urls_certificates import certificate_urlpatterns
from counter.urls_desk import desk_urlpatterns
from counter.urls_filling import filling_urlpatterns
from counter.urls_handing import handing_urlpatterns
from counter.urls_home import home_urlpatterns
from counter.urls_keeping import keeping_urlpatterns
from counter.urls_kiosk import kiosk_urlpatterns
from counter.urls_layouts import layouts_urlpatterns
from counter.urls_move_ins import move_in_urlpatterns
from counter.urls_receiving import receiving_urlpatterns

app_name = "counter"

urlpatterns: list[URLPattern | URLResolver] = [
    *receiving_urlpatterns,
    # before the addresses of one visit
    *filling_urlpatterns,
    *handing_urlpatterns,
    *home_urlpatterns,
    *booking_urlpatterns,
    *bereavement_urlpatterns,
    *card_urlpatterns,
    # before those of one visit: what a worker asks for is the id of none
    *keeping_urlpatterns,
    *certificate_urlpatterns,
    *kiosk_urlpatterns,
    # last: /staff/visits/<public id>/ takes every word
    *desk_urlpatterns,
    *layouts_urlpatterns,
    *move_in_urlpatterns,
]
