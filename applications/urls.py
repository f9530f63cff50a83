"""Pages of this app."""

from django.urls import URLPattern, URLResolver

from applications.urls_staff import staff_urlpatterns

app_name = "applications"

urlpatterns: list[URLPattern | URLResolver] = [*staff_urlpatterns]
