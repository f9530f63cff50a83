"""The product's pages, a yardstick, and bookings in one request."""

from django.urls import include, path

from benchmarks.booking_views import book, book_unguarded, insert_one
from benchmarks.yardstick import yardstick

urlpatterns = [
    path("bench/yardstick/", yardstick),
    path("bench/insert/", insert_one),
    path("bench/book/", book),
    path("bench/book-unguarded/", book_unguarded),
    path("", include("portal.urls")),
]

handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
