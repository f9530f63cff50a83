"""Pages of rooms and sites to let."""

from django.urls import URLPattern, URLResolver, path

from reservations.views.facilities import public, staff

facilities_urlpatterns: list[URLPattern | URLResolver] = [
    path("facilities/", public.facility_list, name="facility_list"),
    path("facilities/<slug:key>/<slug:place_key>/", public.facility_month, name="facility_month"),
    path("facilities/<slug:key>/<slug:place_key>/<str:day>/", public.facility_day, name="facility_day"),
    path("staff/facilities/", staff.staff_facilities, name="staff_facilities"),
    path("staff/facilities/<slug:key>/<slug:place_key>/", staff.staff_facility, name="staff_facility"),
]
