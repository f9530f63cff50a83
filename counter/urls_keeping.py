"""What the desk has for a network that is down: the script and the page of the tablet."""

from django.urls import URLPattern, URLResolver, path

from counter.views.desk import keeping

keeping_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/visits/worker.js", keeping.visit_worker, name="visit_worker"),
    path("staff/visits/offline/", keeping.visit_offline, name="visit_offline"),
]
