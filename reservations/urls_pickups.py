"""Pages of certificates that are ordered beforehand and collected."""

from django.urls import URLPattern, URLResolver, path

from reservations.views.pickups import public, staff

_OWN = "my/pickups/<str:public_id>/"
_ONE = "staff/pickups/<str:public_id>/"

pickups_urlpatterns: list[URLPattern | URLResolver] = [
    path("pickups/", public.pickup_start, name="pickup_start"),
    path("pickups/<slug:key>/", public.pickup_new, name="pickup_new"),
    path("p/<str:public_id>/<str:secret>/", public.pickup_open, name="pickup_open"),
    path(_OWN, public.pickup_detail, name="pickup_detail"),
    path(f"{_OWN}cancel/", public.pickup_cancel, name="pickup_cancel"),
    path(f"{_OWN}leave/", public.pickup_leave, name="pickup_leave"),
    path("staff/pickups/", staff.staff_pickups, name="staff_pickups"),
    path("staff/pickups/new/<slug:key>/", staff.staff_pickup_new, name="staff_pickup_new"),
    path(_ONE, staff.staff_pickup, name="staff_pickup"),
    path(f"{_ONE}ready/", staff.staff_pickup_ready, name="staff_pickup_ready"),
    path(f"{_ONE}hand-over/", staff.staff_pickup_hand_over, name="staff_pickup_hand_over"),
    path(f"{_ONE}cancel/", staff.staff_pickup_cancel, name="staff_pickup_cancel"),
]
