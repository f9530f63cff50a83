"""What the desk has for a network that is down: the script and the page of the tablet."""

from django.urls import URLPattern, URLResolver, path

from counter.views.desk import keeping, papers

keeping_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/visits/worker.js", keeping.visit_worker, name="visit_worker"),
    path("staff/visits/offline/", keeping.visit_offline, name="visit_offline"),
    path("staff/certificates/worker.js", keeping.visit_worker, name="certificate_worker"),
    path("staff/certificates/offline/", keeping.visit_offline, name="certificate_offline"),
    path("staff/visits/paper/", papers.paper_pad, name="paper_pad"),
    path("staff/visits/<str:public_id>/paper.pdf", papers.visit_sheet, name="visit_sheet"),
    path("staff/visits/<str:public_id>/paper/day/", papers.visit_paper_day, name="visit_paper_day"),
]
