"""JSON: `/api/v1/` is the public contract, `/api/ui/` serves our own pages and may change any day."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularJSONAPIView

from applications import api as applications_api
from counter import api as counter_api
from notices import api as notices_api
from reservations import api as reservations_api
from residents import api as residents_api

v1_urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="api_schema"),
    *applications_api.v1_urlpatterns,
    *counter_api.v1_urlpatterns,
    *notices_api.v1_urlpatterns,
    *reservations_api.v1_urlpatterns,
    *residents_api.v1_urlpatterns,
]
ui_urlpatterns: list[URLPattern | URLResolver] = [
    *applications_api.ui_urlpatterns,
    *counter_api.ui_urlpatterns,
    *notices_api.ui_urlpatterns,
    *reservations_api.ui_urlpatterns,
    *residents_api.ui_urlpatterns,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(v1_urlpatterns)),
    path("ui/", include(ui_urlpatterns)),
]
