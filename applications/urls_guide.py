"""Pages of the guide to procedures, public and of staff."""

from django.urls import URLPattern, URLResolver, path

from applications.views.guide import pages, results, sharing, staff, trial

guide_urlpatterns: list[URLPattern | URLResolver] = [
    path("guide/", pages.guide_list, name="guide_list"),
    path("guide/code/", sharing.guide_open, name="guide_open"),
    path("guide/<slug:key>/", pages.guide_start, name="guide_start"),
    path("guide/<slug:key>/<int:number>/", pages.guide_page, name="guide_page"),
    path("guide/<slug:key>/check/", pages.guide_check, name="guide_check"),
    path("guide/<slug:key>/forget/", pages.guide_forget, name="guide_forget"),
    path("guide/<slug:key>/result/", results.guide_result, name="guide_result"),
    path("guide/<slug:key>/result.pdf", results.guide_pdf, name="guide_pdf"),
    path("guide/<slug:key>/tick/", results.guide_tick, name="guide_tick"),
    path("guide/<slug:key>/share/", sharing.guide_share, name="guide_share"),
    path("guide/<slug:key>/unshare/", sharing.guide_unshare, name="guide_unshare"),
    path("staff/guides/", staff.staff_guide_list, name="staff_guide_list"),
    path("staff/guides/<slug:key>/", staff.staff_guide, name="staff_guide"),
    path("staff/guides/<slug:key>/new/", staff.staff_guide_upload, name="staff_guide_upload"),
    path("staff/guides/<slug:key>/public/", staff.staff_guide_public, name="staff_guide_public"),
    path("staff/guides/<slug:key>/<int:number>/", staff.staff_guide_version, name="staff_guide_version"),
    path("staff/guides/<slug:key>/<int:number>/publish/", staff.staff_guide_publish, name="staff_guide_publish"),
    path("staff/guides/<slug:key>/<int:number>/guide.yaml", staff.staff_guide_file, name="staff_guide_file"),
    path("staff/guides/<slug:key>/<int:version>/try/", trial.guide_try_start, name="guide_try_start"),
    path("staff/guides/<slug:key>/<int:version>/try/<int:number>/", trial.guide_try_page, name="guide_try_page"),
    path("staff/guides/<slug:key>/<int:version>/try/check/", trial.guide_try_check, name="guide_try_check"),
    path("staff/guides/<slug:key>/<int:version>/try/result/", trial.guide_try_result, name="guide_try_result"),
    path("staff/guides/<slug:key>/<int:version>/try/tick/", trial.guide_try_tick, name="guide_try_tick"),
    path("staff/guides/<slug:key>/<int:version>/try/forget/", trial.guide_try_forget, name="guide_try_forget"),
]
