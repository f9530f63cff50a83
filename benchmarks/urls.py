"""The product's pages and two yardsticks."""

from django.urls import include, path

from benchmarks.yardstick import yardstick

urlpatterns = [
    path("bench/yardstick/", yardstick),
    path("", include("portal.urls")),
]

handler404 = "portal.urls.handler404"
handler500 = "portal.urls.handler500"
