"""The practice notice and the guided tour."""

from django.urls import URLPattern, path

from notices.views import trial

urlpatterns: list[URLPattern] = [
    path("try/notice/", trial.try_notice, name="try_notice"),
    path("try/tour/", trial.try_tour, name="try_tour"),
    path("try/tour/handout/", trial.try_tour_handout, name="try_tour_handout"),
    path("try/tour/<int:number>/", trial.try_tour_step, name="try_tour_step"),
]
