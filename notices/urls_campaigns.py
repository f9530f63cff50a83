"""Pages of the mass notices."""

from django.urls import URLPattern, path

from notices.views.campaigns import acting, listing, preparing, review, showing

_ONE = "staff/campaigns/<str:public_id>/"

urlpatterns: list[URLPattern] = [
    path("staff/campaigns/", listing.campaign_list, name="campaign_list"),
    path("staff/campaigns/new/", listing.campaign_new, name="campaign_new"),
    path(_ONE, listing.campaign_detail, name="campaign_detail"),
    path(f"{_ONE}file/", preparing.campaign_file, name="campaign_file"),
    path(f"{_ONE}enclosures/", preparing.campaign_enclosures, name="campaign_enclosures"),
    path(f"{_ONE}columns/", preparing.campaign_columns, name="campaign_columns"),
    path(f"{_ONE}segment/", preparing.campaign_segment, name="campaign_segment"),
    path(f"{_ONE}review/", review.campaign_review, name="campaign_review"),
    path(f"{_ONE}review/leave-out/", review.campaign_leave_out, name="campaign_leave_out"),
    path(f"{_ONE}rows/<int:position>/decide/", review.campaign_decide, name="campaign_decide"),
    path(f"{_ONE}rows/<int:position>/letter.pdf", showing.campaign_letter, name="campaign_letter"),
    path(f"{_ONE}problems.csv", showing.campaign_problems, name="campaign_problems"),
    path(f"{_ONE}progress/", showing.campaign_progress, name="campaign_progress"),
    path(f"{_ONE}hand-in/", acting.campaign_hand_in, name="campaign_hand_in"),
    path(f"{_ONE}take-back/", acting.campaign_take_back, name="campaign_take_back"),
    path(f"{_ONE}approve/", acting.campaign_approve, name="campaign_approve"),
    path(f"{_ONE}send/", acting.campaign_send, name="campaign_send"),
    path(f"{_ONE}reschedule/", acting.campaign_reschedule, name="campaign_reschedule"),
    path(f"{_ONE}pause/", acting.campaign_pause, name="campaign_pause"),
    path(f"{_ONE}resume/", acting.campaign_resume, name="campaign_resume"),
    path(f"{_ONE}cancel/", acting.campaign_cancel, name="campaign_cancel"),
    path(f"{_ONE}resend/", acting.campaign_resend, name="campaign_resend"),
]
