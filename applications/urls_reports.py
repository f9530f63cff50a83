"""Pages of the reports from the street, public and of staff."""

from django.urls import URLPattern, path

from applications.views.reports import board, photos, sending, staff, status, steps

_REPORT = "staff/reports/<str:public_id>/"

report_urlpatterns: list[URLPattern] = [
    path("reports/", board.report_list, name="report_list"),
    path("reports/new/", sending.report_kinds, name="report_kinds"),
    path("reports/new/<slug:key>/", sending.report_new, name="report_new"),
    path("reports/new/<slug:key>/check/", sending.report_check, name="report_check"),
    path("reports/unsent/<str:public_id>/", photos.report_draft_photo, name="report_draft_photo"),
    path("reports/photos/<str:public_id>/", photos.report_photo, name="report_photo"),
    path("reports/photos/<str:public_id>/small/", photos.report_thumbnail, name="report_thumbnail"),
    path("reports/find/", status.report_find, name="report_find"),
    path("reports/find/<str:public_id>/<str:secret>/", status.report_open, name="report_open"),
    path("reports/mine/<str:public_id>/", status.report_status, name="report_status"),
    path("reports/mine/<str:public_id>/leave/", status.report_leave, name="report_leave"),
    path("staff/reports/", staff.staff_report_list, name="staff_report_list"),
    path("staff/reports/map/", staff.staff_report_map, name="staff_report_map"),
    path("staff/reports/export/", staff.staff_report_export, name="staff_report_export"),
    path(_REPORT, staff.staff_report, name="staff_report"),
    path(f"{_REPORT}take/", steps.report_take, name="staff_report_take"),
    path(f"{_REPORT}assign/", steps.report_assign, name="staff_report_assign"),
    path(f"{_REPORT}start/", steps.report_start, name="staff_report_start"),
    path(f"{_REPORT}answer/", steps.report_answer, name="staff_report_answer"),
    path(f"{_REPORT}done/", steps.report_done, name="staff_report_done"),
    path(f"{_REPORT}not-ours/", steps.report_not_ours, name="staff_report_not_ours"),
    path(f"{_REPORT}reopen/", steps.report_reopen, name="staff_report_reopen"),
    path(f"{_REPORT}merge/", steps.report_merge, name="staff_report_merge"),
    path(f"{_REPORT}unmerge/", steps.report_unmerge, name="staff_report_unmerge"),
    path(f"{_REPORT}move/", steps.report_move, name="staff_report_move"),
    path(f"{_REPORT}note/", steps.report_note, name="staff_report_note"),
    path(f"{_REPORT}publish/", steps.report_publish, name="staff_report_publish"),
]
