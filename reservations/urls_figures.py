"""Figures."""

from django.urls import URLPattern, URLResolver, path

from reservations.views import figures

figures_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/figures/queue/", figures.queue_figures, name="queue_figures"),
    path("staff/figures/queue.csv", figures.queue_figures_csv, name="queue_figures_csv"),
]
