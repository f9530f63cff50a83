"""Pages of this part."""

from django.urls import URLPattern, URLResolver

draws_urlpatterns: list[URLPattern | URLResolver] = []
