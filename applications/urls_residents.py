"""Pages of residents and guests."""

from django.urls import URLPattern, path

from applications.views import (
    drafts,
    editing,
    files,
    guests,
    mandates,
    messages,
    mine,
    pages,
    practice,
    ratings,
    starting,
    submission,
)

_ONE = "applications/<str:public_id>/"

resident_urlpatterns: list[URLPattern] = [
    path("procedures/<slug:key>/start/", starting.application_start, name="application_start"),
    path("procedures/<slug:key>/start-as-guest/", starting.guest_start, name="guest_start"),
    path("procedures/<slug:key>/practice/", starting.practice_start, name="practice_start"),
    # before the public ids, which are longer
    path("applications/find/", guests.guest_find, name="guest_find"),
    path(f"{_ONE}open/<str:secret>/", guests.guest_open, name="guest_open"),
    path(f"{_ONE}contact/", guests.guest_contact, name="guest_contact"),
    path(f"{_ONE}saved/", guests.guest_saved, name="guest_saved"),
    path(f"{_ONE}renew-link/", guests.guest_renew, name="guest_renew"),
    path(f"{_ONE}leave/", guests.guest_leave, name="guest_leave"),
    path(f"{_ONE}take-over/", guests.guest_take_over, name="guest_take_over"),
    path(f"{_ONE}practice-done/", practice.practice_done, name="practice_done"),
    path(f"{_ONE}practice-end/", practice.practice_end, name="practice_end"),
    path(f"{_ONE}pages/<int:number>/", pages.draft_page, name="draft_page"),
    path(f"{_ONE}check/", drafts.draft_check, name="draft_check"),
    path(f"{_ONE}delete/", drafts.draft_delete, name="draft_delete"),
    path(f"{_ONE}submit/", submission.application_submit, name="application_submit"),
    path(f"{_ONE}done/", submission.application_done, name="application_done"),
    path(_ONE, mine.application_detail, name="application_detail"),
    path(f"{_ONE}copy.pdf", mine.application_copy, name="application_copy"),
    path(f"{_ONE}edit/", editing.application_edit, name="application_edit"),
    path(f"{_ONE}edit/stop/", editing.application_edit_stop, name="application_edit_stop"),
    path(f"{_ONE}messages/", messages.application_message, name="application_message"),
    path(f"{_ONE}rating/", ratings.application_rate, name="application_rate"),
    path(f"{_ONE}withdraw/", mine.application_withdraw, name="application_withdraw"),
    path("my/mandates/", mandates.mandate_list, name="mandate_list"),
    path("my/mandates/<str:public_id>/revoke/", mandates.mandate_revoke, name="mandate_revoke"),
    path("my/applications/", mine.my_applications, name="my_applications"),
    path("files/<str:public_id>/", files.attachment, name="attachment"),
    path("files/<str:public_id>/thumbnail/", files.attachment_thumbnail, name="attachment_thumbnail"),
    path("files/messages/<str:public_id>/", messages.message_file, name="message_file"),
]
