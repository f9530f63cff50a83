"""Pages of this app."""

from django.urls import URLPattern, URLResolver, include, path

from notices.views import failures, public, staff, staff_paper

app_name = "notices"

_STAFF = "staff/notices/<str:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("notices.urls_inbox")),
    path("", include("notices.urls_people")),
    path("verify/", public.verify, name="verify"),
    path("verify/check/<str:public_id>/", public.verify_check, name="verify_check"),
    path("verify/<str:number>/", public.verify_number, name="verify_number"),
    path("staff/notices/", staff.staff_list, name="staff_list"),
    # before single notices, whose ids are as free as words
    path("", include("notices.urls_kinds")),
    path(_STAFF, staff.staff_detail, name="staff_detail"),
    path(f"{_STAFF}document.pdf", staff.staff_document, name="staff_document"),
    path(f"{_STAFF}withdraw/", staff.staff_withdraw, name="staff_withdraw"),
    path(f"{_STAFF}returned/", staff.staff_returned, name="staff_returned"),
    path(f"{_STAFF}returned/undo/", staff_paper.staff_return_undone, name="staff_return_undone"),
    path(f"{_STAFF}files/<str:file_id>/", staff_paper.staff_enclosure, name="staff_enclosure"),
    path(f"{_STAFF}post-again/", staff.staff_post_again, name="staff_post_again"),
    path(f"{_STAFF}code/", staff.staff_code, name="staff_code"),
    path(f"{_STAFF}made-by-hand/", staff.staff_made_by_hand, name="staff_made_by_hand"),
    path("staff/failures/", failures.failure_list, name="failures"),
    path("staff/failures/token/resume/", failures.token_resume, name="token_resume"),
    path("staff/failures/<slug:kind>/retry/", failures.failure_retry_all, name="failure_retry_all"),
    path("staff/failures/<slug:kind>/<int:pk>/retry/", failures.failure_retry, name="failure_retry"),
    path("staff/failures/<slug:kind>/<int:pk>/settle/", failures.failure_settle, name="failure_settle"),
    path("", include("notices.urls_channels")),
    path("", include("notices.urls_letters")),
    path("", include("notices.urls_circulars")),
    path("", include("notices.urls_campaigns")),
    path("", include("notices.urls_trial")),
]
