"""Pages of layouts: how the form of a procedure is printed on the city's own paper."""

from django.urls import URLPattern, URLResolver, path

from counter.views.layouts import editing, listing, placing, showing

_PROCEDURE = "staff/layouts/<slug:key>/"
_ONE = f"{_PROCEDURE}<int:number>/"

layouts_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/layouts/", listing.layouts, name="layouts"),
    path(_PROCEDURE, listing.layout_versions, name="layout_versions"),
    path(f"{_PROCEDURE}standard.pdf", showing.layout_standard, name="layout_standard"),
    path(_ONE, editing.layout, name="layout"),
    path(f"{_ONE}settings/", editing.layout_settings, name="layout_settings"),
    path(f"{_ONE}act/", editing.layout_act, name="layout_act"),
    path(f"{_ONE}preview.pdf", showing.layout_preview, name="layout_preview"),
    path(f"{_ONE}pages/<int:page>.png", showing.layout_picture, name="layout_picture"),
    path(f"{_ONE}fields/new/", placing.layout_field_add, name="layout_field_add"),
    path(f"{_ONE}fields/<int:place>/", placing.layout_field, name="layout_field"),
]
