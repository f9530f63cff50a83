"""Pages of this part."""

from django.urls import URLPattern, URLResolver

pickups_urlpatterns: list[URLPattern | URLResolver] = []
