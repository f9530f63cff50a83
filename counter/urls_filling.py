"""The questions of a visit, the review with the resident, and the figures of all visits."""

from django.urls import path

from counter.views.desk import figures, filling, reviewing, turning

filling_urlpatterns = [
    path("staff/visits/figures/", figures.visit_figures, name="visit_figures"),
    path("staff/visits/figures.csv", figures.visit_figures_csv, name="visit_figures_csv"),
    path("staff/visits/<str:public_id>/questions/", filling.visit_missing, name="visit_missing"),
    path("staff/visits/<str:public_id>/pages/<str:key>/", filling.visit_page, name="visit_page"),
    path("staff/visits/<str:public_id>/renew/", filling.visit_renew, name="visit_renew"),
    path("staff/visits/<str:public_id>/review/", reviewing.visit_review, name="visit_review"),
    path("staff/visits/<str:public_id>/back/", reviewing.visit_back, name="visit_back"),
    path("staff/visits/<str:public_id>/language/", turning.visit_language, name="visit_language"),
]
