"""Public pages of procedures."""

from django.urls import URLPattern, URLResolver, path

from applications.views.procedures import procedure_detail, procedure_list

procedure_urlpatterns: list[URLPattern | URLResolver] = [
    path("procedures/", procedure_list, name="procedure_list"),
    path("procedures/<slug:key>/", procedure_detail, name="procedure_detail"),
]
