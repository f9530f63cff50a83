"""Pages of keeping and disposing."""

from django.urls import URLPattern, path

from applications.views.retention import lists

retention_urlpatterns: list[URLPattern] = [
    path("staff/disposal/", lists.disposal_list, name="disposal_list"),
    path("staff/disposal/plan/", lists.disposal_plan, name="disposal_plan"),
    path("staff/disposal/cases.csv", lists.disposal_export, name="disposal_export"),
    path("staff/disposal/<str:public_id>/", lists.disposal_detail, name="disposal_detail"),
    path("staff/disposal/<str:public_id>/approve/", lists.disposal_approve, name="disposal_approve"),
    path("staff/disposal/<str:public_id>/cancel/", lists.disposal_cancel, name="disposal_cancel"),
    path("staff/cases/<str:public_id>/keep/", lists.case_keep, name="case_keep"),
]
