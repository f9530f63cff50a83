"""Pages of this app."""

from django.urls import URLPattern, URLResolver, include, path

from notices.views import letters, public, staff

app_name = "notices"

_STAFF = "staff/notices/<str:public_id>/"
_RUN = "staff/letters/<str:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("notices.urls_inbox")),
    path("verify/", public.verify, name="verify"),
    path("verify/check/<str:public_id>/", public.verify_check, name="verify_check"),
    path("verify/<str:number>/", public.verify_number, name="verify_number"),
    path("staff/notices/", staff.staff_list, name="staff_list"),
    path(_STAFF, staff.staff_detail, name="staff_detail"),
    path(f"{_STAFF}document.pdf", staff.staff_document, name="staff_document"),
    path(f"{_STAFF}withdraw/", staff.staff_withdraw, name="staff_withdraw"),
    path(f"{_STAFF}returned/", staff.staff_returned, name="staff_returned"),
    path(f"{_STAFF}post-again/", staff.staff_post_again, name="staff_post_again"),
    path(f"{_STAFF}made-by-hand/", staff.staff_made_by_hand, name="staff_made_by_hand"),
    path("staff/failures/", staff.failure_list, name="failures"),
    path("staff/failures/<slug:kind>/<int:pk>/retry/", staff.failure_retry, name="failure_retry"),
    path("staff/letters/", letters.letter_runs, name="letter_runs"),
    path("staff/letters/create/", letters.letter_run_create, name="letter_run_create"),
    path(_RUN, letters.letter_run_detail, name="letter_run_detail"),
    path(f"{_RUN}letters.pdf", letters.letter_run_file, name="letter_run_file"),
    path(f"{_RUN}posted/", letters.letter_run_posted, name="letter_run_posted"),
    path(f"{_RUN}items/<int:position>/", letters.letter_settle, name="letter_settle"),
    path("", include("notices.urls_circulars")),
]
