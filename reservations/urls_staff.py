"""Pages on which staff see and change what others booked."""

from django.urls import URLPattern, URLResolver, path

from reservations.views.staff import booking, days, lists, moving, single

_ONE = "staff/reservations/<str:public_id>/"

staff_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/reservations/", days.staff_day, name="staff_day"),
    # not below the list: the menu marks every entry whose address begins the page's
    path("staff/booking/new/", booking.staff_new, name="staff_new"),
    path("staff/booking/check-in/", days.staff_check_in, name="staff_check_in"),
    path("staff/booking/waiting/", lists.staff_waiting, name="staff_waiting"),
    path("staff/booking/waiting/<str:public_id>/", lists.staff_waiting_act, name="staff_waiting_act"),
    path("staff/booking/to-tell/", lists.staff_to_tell, name="staff_to_tell"),
    path(_ONE, single.staff_reservation, name="staff_reservation"),
    path(f"{_ONE}arrive/", days.staff_arrive, name="staff_arrive"),
    path(f"{_ONE}phoned/", lists.staff_phoned, name="staff_phoned"),
    path(f"{_ONE}move/", moving.staff_move, name="staff_move"),
    path(f"{_ONE}edit/", single.staff_edit, name="staff_edit"),
    path(f"{_ONE}cancel/", single.staff_cancel, name="staff_cancel"),
    path(f"{_ONE}no-show/", single.staff_no_show, name="staff_no_show"),
    path(f"{_ONE}finish/", single.staff_finish, name="staff_finish"),
]
