"""Pages of the inventory (棚卸)."""

from django.urls import URLPattern, path

from applications.views.inventory import figures, files, items, listing

inventory_urlpatterns: list[URLPattern] = [
    path("staff/inventory/", listing.inventory_list, name="inventory_list"),
    path("staff/inventory/export.csv", files.inventory_export, name="inventory_export"),
    path("staff/inventory/figures/", figures.inventory_figures, name="inventory_figures"),
    path("staff/inventory/progress/", figures.inventory_progress, name="inventory_progress"),
    path("staff/inventory/new/", items.inventory_new, name="inventory_new"),
    path("staff/inventory/import/", files.inventory_import, name="inventory_import"),
    path("staff/inventory/import/<str:public_id>/", files.inventory_check, name="inventory_check"),
    path("staff/inventory/<int:number>/", items.inventory_item, name="inventory_item"),
]
