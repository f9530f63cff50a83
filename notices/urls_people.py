"""Pages of staff about people and their notices: who got what in a campaign, replies, proofs, consents."""

from django.urls import URLPattern, URLResolver, path

from notices.views import staff_consent, staff_people, staff_proof, staff_replies

_PEOPLE = "staff/campaigns/<str:public_id>/people/"
_NOTICE = "staff/notices/<str:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_PEOPLE, staff_people.campaign_people, name="campaign_people"),
    path(f"{_PEOPLE}export.csv", staff_people.campaign_people_export, name="campaign_people_export"),
    path(f"{_PEOPLE}remind/", staff_people.campaign_remind, name="campaign_remind"),
    path("staff/consents/", staff_consent.consent_search, name="consent_search"),
    path("staff/consents/<str:public_id>/", staff_consent.consent_person, name="consent_person"),
    path("staff/notices/replies/", staff_replies.reply_list, name="reply_list"),
    path(f"{_NOTICE}answer/", staff_replies.reply_answer, name="reply_answer"),
    path(f"{_NOTICE}proof.pdf", staff_proof.staff_proof, name="staff_proof"),
]
