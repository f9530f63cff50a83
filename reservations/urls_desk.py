"""Pages of this part."""

from django.urls import URLPattern, URLResolver

desk_urlpatterns: list[URLPattern | URLResolver] = []
