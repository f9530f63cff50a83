"""Pages of internal surveys (庁内照会)."""

from django.urls import URLPattern, path

from applications.views.surveys import addressees, answering, editing, listing, reading, running

_TO = "staff/surveys/to/<str:public_id>/"
_ONE = "staff/surveys/<str:public_id>/"

survey_urlpatterns: list[URLPattern] = [
    path("staff/surveys/", listing.survey_list, name="survey_list"),
    # before the public ids, which are longer
    path("staff/surveys/own/", listing.survey_own_list, name="survey_own_list"),
    path("staff/surveys/new/", editing.survey_new, name="survey_new"),
    path(_TO, answering.survey_answer, name="survey_answer"),
    path(f"{_TO}begin/", answering.survey_begin, name="survey_begin"),
    path(f"{_TO}totals/", answering.survey_result, name="survey_result"),
    path(_ONE, running.survey, name="survey"),
    path(f"{_ONE}edit/", editing.survey_edit, name="survey_edit"),
    path(f"{_ONE}addressees/", addressees.survey_addressees, name="survey_addressees"),
    path(f"{_ONE}open/", running.survey_open, name="survey_open"),
    path(f"{_ONE}act/", running.survey_act, name="survey_act"),
    path(f"{_ONE}copy/", editing.survey_copy, name="survey_copy"),
    path(f"{_ONE}delete/", editing.survey_delete, name="survey_delete"),
    path(f"{_ONE}totals/", reading.survey_totals, name="survey_totals"),
    path(f"{_ONE}export/", reading.survey_export, name="survey_export"),
    path(f"{_ONE}files.zip", reading.survey_files, name="survey_files"),
    path(f"{_ONE}files/<str:attachment>/", reading.survey_file, name="survey_file"),
    path(f"{_ONE}answers/<str:answer>/", reading.survey_read, name="survey_read"),
]
