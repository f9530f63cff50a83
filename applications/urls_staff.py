"""Pages of the staff."""

from django.urls import URLPattern, path

from applications.views import case_desk, case_list, case_steps, cases, digests, intake, messages, ratings, staff_filing
from applications.views.extracts import prints

_CASE = "staff/cases/<str:public_id>/"

staff_urlpatterns: list[URLPattern] = [
    path("staff/filing/", staff_filing.staff_filing, name="staff_filing"),
    path("staff/filing/<slug:key>/", staff_filing.staff_filing_procedure, name="staff_filing_procedure"),
    path("staff/filing/<slug:key>/start/", staff_filing.staff_filing_start, name="staff_filing_start"),
    path("staff/cases/", case_list.case_list, name="case_list"),
    path("staff/digest/", digests.digest_setting, name="digest_setting"),
    path("staff/intake/", intake.intake_list, name="intake_list"),
    path("staff/intake/<slug:key>/", intake.intake_start, name="intake_start"),
    path("staff/cases/assign/", case_list.case_assign_many, name="case_assign_many"),
    path("staff/cases/print/", prints.case_print_many, name="case_print_many"),
    path("staff/cases/filters/", case_list.case_filters, name="case_filters"),
    path("staff/cases/filters/save/", case_list.case_filter_save, name="case_filter_save"),
    path("staff/cases/files/<str:public_id>/", case_desk.case_file_open, name="case_file_open"),
    path(_CASE, cases.case_detail, name="case_detail"),
    path(f"{_CASE}received/", intake.intake_done, name="intake_done"),
    path(f"{_CASE}copy.pdf", intake.case_copy, name="case_copy"),
    path(f"{_CASE}check/", case_desk.case_check, name="case_check"),
    path(f"{_CASE}notes/", case_desk.case_note, name="case_note"),
    path(f"{_CASE}files/", case_desk.case_file_add, name="case_file_add"),
    path(f"{_CASE}take/", case_steps.case_take, name="case_take"),
    path(f"{_CASE}assign/", case_steps.case_assign, name="case_assign"),
    path(f"{_CASE}return/", cases.case_return, name="case_return"),
    path(f"{_CASE}preview/", case_steps.case_preview, name="case_preview"),
    path(f"{_CASE}reason/", case_steps.case_reason, name="case_reason"),
    path(f"{_CASE}decide/", case_steps.case_decide, name="case_decide"),
    path(f"{_CASE}approve/preview/", case_steps.case_approve_preview, name="case_approve_preview"),
    path(f"{_CASE}approve/", case_steps.case_approve, name="case_approve"),
    path(f"{_CASE}send-back/", case_steps.case_send_back, name="case_send_back"),
    path(f"{_CASE}held/", case_steps.case_hold, name="case_hold"),
    path(f"{_CASE}held/undo/", case_steps.case_unhold, name="case_unhold"),
    path(f"{_CASE}complete/", case_steps.case_complete, name="case_complete"),
    path(f"{_CASE}reopen/", case_steps.case_reopen, name="case_reopen"),
    path(f"{_CASE}messages/", messages.case_message, name="case_message"),
    path(f"{_CASE}revisions/<int:number>/", cases.case_revision, name="case_revision"),
    path("staff/ratings/", ratings.rating_list, name="rating_list"),
    path("staff/ratings/export.csv", ratings.rating_export, name="rating_export"),
]
