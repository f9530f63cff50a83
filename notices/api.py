"""JSON of this app: the public contract (v1) and what our own pages use (ui)."""

from django.urls import URLPattern, URLResolver

v1_urlpatterns: list[URLPattern | URLResolver] = []
ui_urlpatterns: list[URLPattern | URLResolver] = []
