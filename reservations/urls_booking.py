"""Pages of this part."""

from django.urls import URLPattern, URLResolver

booking_urlpatterns: list[URLPattern | URLResolver] = []
