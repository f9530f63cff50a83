"""Pages of fees and of the till."""

from django.urls import URLPattern, path

from applications.views.fees import case, days

_FEE = "staff/fees/<str:public_id>/"

fee_urlpatterns: list[URLPattern] = [
    path("staff/fees/", days.fee_day, name="fee_day"),
    path("staff/fees/close/", days.fee_close, name="fee_close"),
    path("staff/fees/day.csv", days.fee_export, name="fee_export"),
    path("staff/fees/closings/", days.closing_list, name="closing_list"),
    path("staff/fees/closings/<str:public_id>.pdf", days.closing_print, name="closing_print"),
    path("staff/fees/unpaid/", days.fee_unpaid, name="fee_unpaid"),
    path(f"{_FEE}pay/", case.fee_pay, name="fee_pay"),
    path(f"{_FEE}exempt/", case.fee_exempt, name="fee_exempt"),
    path(f"{_FEE}reverse/", case.fee_reverse, name="fee_reverse"),
    path(f"{_FEE}remind/", case.fee_remind, name="fee_remind"),
    path(f"{_FEE}receipt.pdf", case.fee_receipt, name="fee_receipt"),
]
