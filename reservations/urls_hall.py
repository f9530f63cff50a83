"""Pages of this part."""

from django.urls import URLPattern, URLResolver

hall_urlpatterns: list[URLPattern | URLResolver] = []
