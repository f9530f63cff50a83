"""Pages of the staff."""

from django.urls import URLPattern, path

from applications.views import cases

_CASE = "staff/cases/<str:public_id>/"

staff_urlpatterns: list[URLPattern] = [
    path("staff/cases/", cases.case_list, name="case_list"),
    path(_CASE, cases.case_detail, name="case_detail"),
    path(f"{_CASE}take/", cases.case_take, name="case_take"),
    path(f"{_CASE}assign/", cases.case_assign, name="case_assign"),
    path(f"{_CASE}return/", cases.case_return, name="case_return"),
    path(f"{_CASE}decide/", cases.case_decide, name="case_decide"),
    path(f"{_CASE}approve/", cases.case_approve, name="case_approve"),
    path(f"{_CASE}send-back/", cases.case_send_back, name="case_send_back"),
    path(f"{_CASE}complete/", cases.case_complete, name="case_complete"),
    path(f"{_CASE}reopen/", cases.case_reopen, name="case_reopen"),
]
