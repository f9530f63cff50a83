"""Pages of residents."""

from django.urls import URLPattern, path

from applications.views import drafts, files, mine, pages, submission

_ONE = "applications/<str:public_id>/"

resident_urlpatterns: list[URLPattern] = [
    path("procedures/<slug:key>/start/", drafts.application_start, name="application_start"),
    path(f"{_ONE}pages/<int:number>/", pages.draft_page, name="draft_page"),
    path(f"{_ONE}check/", drafts.draft_check, name="draft_check"),
    path(f"{_ONE}delete/", drafts.draft_delete, name="draft_delete"),
    path(f"{_ONE}submit/", submission.application_submit, name="application_submit"),
    path(f"{_ONE}done/", submission.application_done, name="application_done"),
    path(_ONE, mine.application_detail, name="application_detail"),
    path(f"{_ONE}copy.pdf", mine.application_copy, name="application_copy"),
    path(f"{_ONE}withdraw/", mine.application_withdraw, name="application_withdraw"),
    path("my/applications/", mine.my_applications, name="my_applications"),
    path("files/<str:public_id>/", files.attachment, name="attachment"),
]
