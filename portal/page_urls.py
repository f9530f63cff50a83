"""Pages that belong to no single app."""

from django.conf import settings
from django.urls import URLPattern, path

from portal.views import devices, home, my_page, session, staff_home, status

app_name = "portal"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("my/", my_page.my_page, name="my_page"),
    path("staff/", staff_home.staff_home, name="staff_home"),
    path("status/", status.status, name="status"),
    path("healthz", status.healthz, name="healthz"),
    path("devices/<str:public_id>/", devices.device, name="device"),
    path("session/touch/", session.session_touch, name="session_touch"),
    path("session/ended/", session.guest_ended, name="guest_ended"),
    path("session/kept/<str:kept_id>/", session.kept_post, name="kept_post"),
]

if settings.DEMO:
    # not even imported elsewhere
    from portal import demo_urls

    urlpatterns += demo_urls.urlpatterns
