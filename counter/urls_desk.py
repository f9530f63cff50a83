"""Pages of the clerk's tablet: beginning a visit, who it is, what it is for, its end."""

from django.urls import URLPattern, URLResolver, path

from counter.views.desk import choosing, guiding, identifying, leaving, starting, today

_ONE = "staff/visits/<str:public_id>/"

desk_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/visits/", today.visits, name="visits"),
    path("staff/visits/start/", starting.visit_start, name="visit_start"),
    path("staff/visits/start/code/", starting.visit_start_code, name="visit_start_code"),
    path("staff/visits/find/", starting.visit_find, name="visit_find"),
    path(_ONE, leaving.visit, name="visit"),
    path(f"{_ONE}identify/", identifying.visit_identify, name="visit_identify"),
    path(f"{_ONE}identify/code/", identifying.visit_code, name="visit_code"),
    path(f"{_ONE}procedures/", choosing.visit_procedures, name="visit_procedures"),
    path(f"{_ONE}procedures/add/", choosing.visit_add, name="visit_add"),
    path(f"{_ONE}procedures/begin/", choosing.visit_begin_questions, name="visit_begin_questions"),
    path(f"{_ONE}procedures/<slug:key>/drop/", choosing.visit_drop, name="visit_drop"),
    path(f"{_ONE}procedures/<slug:key>/up/", choosing.visit_move_up, name="visit_move_up"),
    path(f"{_ONE}procedures/<slug:key>/back/", choosing.visit_put_back, name="visit_put_back"),
    path(f"{_ONE}guide/<slug:key>/", guiding.visit_guide, name="visit_guide"),
    path(f"{_ONE}take-over/", leaving.visit_take_over, name="visit_take_over"),
    path(f"{_ONE}resume/", leaving.visit_resume, name="visit_resume"),
    path(f"{_ONE}leave/", leaving.visit_leave, name="visit_leave"),
    path(f"{_ONE}closed/", leaving.visit_closed, name="visit_closed"),
]
