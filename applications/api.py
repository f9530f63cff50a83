"""JSON of this app: the public contract (v1) and what our own pages use (ui)."""

from django.urls import URLPattern, URLResolver

from applications.api_mine import own_ui_urlpatterns, own_v1_urlpatterns
from applications.api_procedures import procedure_v1_urlpatterns
from applications.api_uploads import upload_ui_urlpatterns

v1_urlpatterns: list[URLPattern | URLResolver] = [*procedure_v1_urlpatterns, *own_v1_urlpatterns]
ui_urlpatterns: list[URLPattern | URLResolver] = [*own_ui_urlpatterns, *upload_ui_urlpatterns]
