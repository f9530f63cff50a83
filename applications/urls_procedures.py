"""Public pages of procedures."""

from django.urls import URLPattern, URLResolver, path

from applications.views.posters import procedure_poster, procedure_qr, short_address
from applications.views.procedures import procedure_detail, procedure_list

procedure_urlpatterns: list[URLPattern | URLResolver] = [
    path("procedures/", procedure_list, name="procedure_list"),
    path("procedures/<slug:key>/", procedure_detail, name="procedure_detail"),
    path("p/<str:code>/", short_address, name="short_address"),
    path("staff/procedures/<slug:key>/poster.pdf", procedure_poster, name="procedure_poster"),
    path("staff/procedures/<slug:key>/qr.<str:suffix>", procedure_qr, name="procedure_qr"),
]
