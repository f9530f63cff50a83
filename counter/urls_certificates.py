"""Certificates served at once at a desk."""

from django.urls import URLPattern, URLResolver, path

from counter.views.desk.certificates import asking, figures, issuing, paying, signing, today

_ONE = "staff/certificates/<str:public_id>/"

certificate_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/certificates/", today.certificates, name="certificates"),
    path("staff/certificates/figures/", figures.certificate_figures, name="certificate_figures"),
    path("staff/certificates/figures.csv", figures.certificate_figures_csv, name="certificate_figures_csv"),
    path(_ONE, asking.certificate, name="certificate"),
    path(f"{_ONE}release/", asking.certificate_release, name="certificate_release"),
    path(f"{_ONE}sign/", signing.certificate_sign, name="certificate_sign"),
    path(f"{_ONE}receive/", paying.certificate_receive, name="certificate_receive"),
    path(f"{_ONE}pay/", issuing.certificate_pay, name="certificate_pay"),
    path(f"{_ONE}done/", issuing.certificate_done, name="certificate_done"),
    path(f"{_ONE}hand/", issuing.certificate_hand, name="certificate_hand"),
    path(f"{_ONE}cancel/", issuing.certificate_cancel, name="certificate_cancel"),
]
