"""The outbox to the back office, as the desks see it."""

from django.urls import URLPattern, URLResolver, path

from counter.views.desk import handing

handing_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/hand-overs/", handing.hand_over_list, name="hand_overs"),
    path("staff/hand-overs/<str:public_id>/again/", handing.hand_over_again, name="hand_over_again"),
    path("staff/hand-overs/<str:public_id>/settle/", handing.hand_over_settle, name="hand_over_settle"),
]
