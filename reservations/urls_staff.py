"""Pages of this part."""

from django.urls import URLPattern, URLResolver

staff_urlpatterns: list[URLPattern | URLResolver] = []
