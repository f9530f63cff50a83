"""The product's pages and two yardsticks."""

from django.urls import include, path

from benchmarks.yardstick import yardstick

urlpatterns = [
    path("bench/yardstick/", yardstick),
    path("", include("portal.urls")),
]

handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
