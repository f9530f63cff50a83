"""Pages on which staff build procedures and their forms."""

from django.urls import URLPattern, path

from applications.views import exchange
from applications.views.designer import (
    chain,
    checklist,
    fields,
    form_list,
    listing,
    logic,
    names_file,
    sections,
    settings,
    trial,
    versions,
    words,
    words_file,
)

_ONE = "staff/procedures/<slug:key>/"
_FIELD = f"{_ONE}fields/<str:path>/"
_SECTION = f"{_ONE}sections/<str:page>/"

designer_urlpatterns: list[URLPattern] = [
    path("staff/procedures/", listing.design_list_page, name="design_list"),
    path("staff/names/", names_file.names_import, name="names_import"),
    path("staff/names.csv", names_file.names_csv, name="names_csv"),
    path("staff/procedures/new/", listing.design_new, name="design_new"),
    path("staff/procedures/export/", exchange.procedure_export, name="procedure_export"),
    path("staff/procedures/import/", exchange.procedure_import, name="procedure_import"),
    path("staff/procedures/import/<str:public_id>/", exchange.import_check, name="import_check"),
    path(_ONE, form_list.design_overview, name="design_overview"),
    path(f"{_ONE}act/", form_list.design_act, name="design_act"),
    path(f"{_ONE}copy/", listing.design_copy, name="design_copy"),
    path(f"{_ONE}settings/", settings.design_settings, name="design_settings"),
    path(f"{_ONE}checklist/", checklist.design_checklist, name="design_checklist"),
    path(f"{_ONE}approval/", chain.design_chain, name="design_chain"),
    path(f"{_ONE}words/", words.design_words, name="design_words"),
    path(f"{_ONE}words.csv", words_file.design_words_csv, name="design_words_csv"),
    path(f"{_ONE}words/import/", words_file.design_words_import, name="design_words_import"),
    path(f"{_ONE}state/", settings.design_state, name="design_state"),
    path(f"{_ONE}sections/add/", sections.design_section_add, name="design_section_add"),
    path(_SECTION, sections.design_section, name="design_section"),
    path(f"{_SECTION}condition/", logic.design_section_logic, name="design_section_logic"),
    path(f"{_SECTION}add/", fields.design_field_add, name="design_field_add"),
    path(_FIELD, fields.design_field, name="design_field"),
    path(f"{_FIELD}preview/", trial.design_field_preview, name="design_field_preview"),
    path(f"{_FIELD}logic/<slug:kind>/", logic.design_logic, name="design_logic"),
    path(f"{_ONE}publish/", versions.design_publish, name="design_publish"),
    path(f"{_ONE}keep/", versions.design_keep, name="design_keep"),
    path(f"{_ONE}versions/", versions.design_versions, name="design_versions"),
    path(f"{_ONE}versions/<int:number>/", versions.design_version, name="design_version"),
    path(f"{_ONE}versions/<int:number>/restore/", versions.design_restore, name="design_restore"),
    path(f"{_ONE}trial/<int:number>/", trial.trial_page, name="design_trial"),
    path(f"{_ONE}trial/check/", trial.trial_check, name="design_trial_check"),
    path(f"{_ONE}trial/clear/", trial.trial_clear, name="design_trial_clear"),
]
