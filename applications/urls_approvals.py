"""Pages of approvers, and of decisions for many cases at once."""

from django.urls import URLPattern, path

from applications.views import bulk
from applications.views.approvals import letters, reasons, standing_in, waiting

_BULK = "staff/bulk/<str:public_id>/"
_LETTER = "staff/letter-texts/<slug:key>/"

approval_urlpatterns: list[URLPattern] = [
    path("staff/approvals/", waiting.approval_list, name="approval_list"),
    path("staff/delegates/", standing_in.delegate_list, name="delegate_list"),
    path("staff/delegates/<int:pk>/end/", standing_in.delegate_end, name="delegate_end"),
    path("staff/reasons/", reasons.reason_list, name="reason_list"),
    path("staff/reasons/new/", reasons.reason_new, name="reason_new"),
    path("staff/reasons/<str:public_id>/", reasons.reason_edit, name="reason_edit"),
    path("staff/bulk/", bulk.bulk_list, name="bulk_list"),
    path("staff/bulk/preview/", bulk.bulk_preview, name="bulk_preview"),
    path("staff/bulk/start/", bulk.bulk_start, name="bulk_start"),
    path(_BULK, bulk.bulk_detail, name="bulk_detail"),
    path("staff/letter-texts/", letters.letter_list, name="letter_list"),
    path(_LETTER, letters.letter_text, name="letter_text"),
    path(f"{_LETTER}preview.pdf", letters.letter_preview_pdf, name="letter_preview_pdf"),
    path(f"{_LETTER}versions/", letters.letter_versions, name="letter_versions"),
]
