"""Pages of this part."""

from django.urls import URLPattern, URLResolver

figures_urlpatterns: list[URLPattern | URLResolver] = []
