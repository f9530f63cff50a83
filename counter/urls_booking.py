"""Pages on which a prefill meets a booking."""

from django.urls import URLPattern, URLResolver, path

from counter.views.home import booking

booking_urlpatterns: list[URLPattern | URLResolver] = [
    path("prefill/booking/", booking.home_booking, name="home_booking"),
    path("prefill/booking/new/", booking.home_booking_go, name="home_booking_go"),
    path("prefill/booking/none/", booking.home_booking_detach, name="home_booking_detach"),
    path("prefill/booking/<str:public_id>/", booking.home_booking_attach, name="home_booking_attach"),
    path("prefill/booking/<str:public_id>/contact/", booking.home_booking_contact, name="home_booking_contact"),
]
