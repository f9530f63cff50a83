"""Pages of classes and events."""

from django.urls import URLPattern, URLResolver, path

from reservations.views.classes import making, public, roster

_ONE = "staff/classes/<str:public_id>/"
_SESSION = f"{_ONE}sessions/<int:slot_id>/"

classes_urlpatterns: list[URLPattern | URLResolver] = [
    path("classes/", public.class_list, name="class_list"),
    path("classes/<str:public_id>/", public.class_detail, name="class_detail"),
    path("classes/<str:public_id>/waiting/", public.class_waiting, name="class_waiting"),
    path("staff/classes/", making.staff_classes, name="staff_classes"),
    # before the public ids, which are longer
    path("staff/classes/new/", making.staff_class_new, name="staff_class_new"),
    path(_ONE, making.staff_class, name="staff_class"),
    path(f"{_ONE}edit/", making.staff_class_edit, name="staff_class_edit"),
    path(f"{_ONE}publish/", making.staff_class_publish, name="staff_class_publish"),
    path(f"{_ONE}sessions/", making.staff_session_add, name="staff_session_add"),
    path(f"{_SESSION}seats/", making.staff_session_edit, name="staff_session_edit"),
    path(f"{_SESSION}cancel/", making.staff_session_cancel, name="staff_session_cancel"),
    path(f"{_SESSION}attendance/", roster.staff_attendance, name="staff_attendance"),
    path(f"{_ONE}roster/", roster.staff_roster, name="staff_roster"),
    path(f"{_ONE}roster/print/", roster.staff_roster_print, name="staff_roster_print"),
    path(f"{_ONE}roster.csv", roster.staff_roster_csv, name="staff_roster_csv"),
    path(f"{_ONE}enrol/", roster.staff_class_enrol, name="staff_class_enrol"),
]
