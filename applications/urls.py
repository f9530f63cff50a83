"""Pages of this app."""

from django.urls import URLPattern, URLResolver

from applications.urls_approvals import approval_urlpatterns
from applications.urls_designer import designer_urlpatterns
from applications.urls_extracts import extract_urlpatterns
from applications.urls_fees import fee_urlpatterns
from applications.urls_guide import guide_urlpatterns
from applications.urls_inventory import inventory_urlpatterns
from applications.urls_procedures import procedure_urlpatterns
from applications.urls_reports import report_urlpatterns
from applications.urls_residents import resident_urlpatterns
from applications.urls_retention import retention_urlpatterns
from applications.urls_staff import staff_urlpatterns
from applications.urls_surveys import survey_urlpatterns

app_name = "applications"

urlpatterns: list[URLPattern | URLResolver] = [
    *procedure_urlpatterns,
    *resident_urlpatterns,
    *staff_urlpatterns,
    *approval_urlpatterns,
    *designer_urlpatterns,
    *fee_urlpatterns,
    *retention_urlpatterns,
    *guide_urlpatterns,
    *extract_urlpatterns,
    *inventory_urlpatterns,
    *survey_urlpatterns,
    *report_urlpatterns,
]
