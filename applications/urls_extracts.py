"""Pages of the extracts for the back office, and the print of one case."""

from django.urls import URLPattern, path

from applications.views.extracts import columns, files, prints, profiles

_PROFILE = "staff/extracts/<str:public_id>/"

extract_urlpatterns: list[URLPattern] = [
    path("staff/extracts/", profiles.extract_list, name="extract_list"),
    path("staff/extracts/new/", profiles.extract_new, name="extract_new"),
    path("staff/extracts/files/<str:public_id>/", files.extract_file, name="extract_file"),
    path("staff/extracts/files/<str:public_id>/download/", files.extract_download, name="extract_download"),
    path("staff/extracts/files/<str:public_id>/characters.csv", files.extract_characters, name="extract_characters"),
    path("staff/extracts/files/<str:public_id>/cancel/", files.extract_cancel, name="extract_cancel"),
    path(_PROFILE, profiles.extract_profile, name="extract_profile"),
    path(f"{_PROFILE}settings/", profiles.extract_settings, name="extract_settings"),
    path(f"{_PROFILE}columns/", columns.extract_columns, name="extract_columns"),
    path(f"{_PROFILE}columns/move/", columns.extract_column_move, name="extract_column_move"),
    path("staff/cases/<str:public_id>/print.pdf", prints.case_print, name="case_print"),
]
