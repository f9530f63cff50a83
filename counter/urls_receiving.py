"""The end of a visit: signed, received, printed, over."""

from django.urls import URLPattern, URLResolver, path

from counter.views.desk import inviting, printing, receiving, signing
from counter.views.invited import invited

_ONE = "staff/visits/<str:public_id>/"

receiving_urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_ONE}sign/", signing.visit_sign, name="visit_sign"),
    path(f"{_ONE}receive/", receiving.visit_receive, name="visit_receive"),
    path(f"{_ONE}received/", receiving.visit_received, name="visit_received"),
    path(f"{_ONE}received/rate/", receiving.visit_rate, name="visit_rate"),
    path(f"{_ONE}invite/", inviting.visit_invite, name="visit_invite"),
    path(f"{_ONE}invitation/", inviting.visit_invitation, name="visit_invitation"),
    path(f"{_ONE}invitation/answer/", inviting.visit_invitation_answer, name="visit_invitation_answer"),
    path("invited/<str:code>/", invited, name="invited"),
    path(f"{_ONE}finish/", receiving.visit_finish, name="visit_finish"),
    path(f"{_ONE}print/slips/", printing.visit_slips, name="visit_slips"),
    path(f"{_ONE}print/guide/", printing.visit_guide_sheet, name="visit_guide_sheet"),
    path(f"{_ONE}print/forms/", printing.visit_forms, name="visit_forms"),
]
