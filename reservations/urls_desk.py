"""Pages of the desk tablet."""

from django.urls import URLPattern, URLResolver, path

from reservations.views.desk import acting, page, seats

desk_urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", page.home, name="desk"),
    path("desk/state/", page.state, name="desk_state"),
    path("desk/next/", acting.call_next, name="desk_next"),
    path("desk/sign-off/", seats.sign_off, name="desk_sign_off"),
    path("desk/break/", seats.start_break, name="desk_break"),
    path("desk/break/end/", seats.end_break, name="desk_break_end"),
    path("desk/alarm/", seats.raise_alarm, name="desk_alarm"),
    path("desk/alarm/<str:number>/answer/", seats.answer_alarm, name="desk_alarm_answer"),
    path("desk/alarm/<str:number>/close/", seats.close_alarm, name="desk_alarm_close"),
    path("desk/at/<slug:place_key>/<str:number>/", seats.sign_on, name="desk_sign_on"),
    path("desk/tickets/<str:public_id>/", page.sheet, name="desk_ticket"),
    path("desk/tickets/<str:public_id>/priority/", acting.prioritise, name="desk_priority"),
    path("desk/tickets/<str:public_id>/transfer/", acting.transfer, name="desk_transfer"),
    path("desk/tickets/<str:public_id>/<slug:action>/", acting.act, name="desk_act"),
]
