"""Pages of this part."""

from django.urls import URLPattern, URLResolver

supply_urlpatterns: list[URLPattern | URLResolver] = []
