"""Pages of the corner for the bereaved: of a family, of the departments, of the one desk."""

from django.urls import URLPattern, URLResolver, path

from counter.views.bereavement import case, corner, family, sheets

_BOOKED = "bereavement/booked/<str:public_id>/"
_STAFF = "staff/bereavement/"
_ONE = f"{_STAFF}<str:public_id>/"
_SHEET = f"{_STAFF}sheets/<str:public_id>/"

bereavement_urlpatterns: list[URLPattern | URLResolver] = [
    path("bereavement/", family.bereavement_start, name="bereavement_start"),
    path(_BOOKED, family.bereavement_own, name="bereavement_own"),
    path(f"{_BOOKED}questions/<int:number>/", family.bereavement_page, name="bereavement_page"),
    path(f"{_BOOKED}check/", family.bereavement_check, name="bereavement_check"),
    path(f"{_BOOKED}withdraw/", family.bereavement_withdraw, name="bereavement_withdraw"),
    path(_STAFF, corner.bereavement_corner, name="bereavement_corner"),
    path(f"{_STAFF}prepare/", corner.bereavement_prepare_all, name="bereavement_prepare_all"),
    path(f"{_STAFF}telephone/<str:public_id>/", corner.bereavement_telephone, name="bereavement_telephone"),
    # before the addresses of one family
    path(f"{_STAFF}sheets/", sheets.bereavement_sheets, name="bereavement_sheets"),
    path(_SHEET, sheets.bereavement_sheet, name="bereavement_sheet"),
    path(f"{_SHEET}print/", sheets.bereavement_sheet_print, name="bereavement_sheet_print"),
    path(_ONE, case.bereavement_case, name="bereavement_case"),
    path(f"{_ONE}questions/<int:number>/", corner.bereavement_staff_page, name="bereavement_staff_page"),
    path(f"{_ONE}check/", corner.bereavement_staff_check, name="bereavement_staff_check"),
    path(f"{_ONE}prepare/", corner.bereavement_prepare, name="bereavement_prepare"),
    path(f"{_ONE}print/", case.bereavement_print, name="bereavement_print"),
    path(f"{_ONE}begin/", case.bereavement_begin, name="bereavement_begin"),
    path(f"{_ONE}take/", case.bereavement_take, name="bereavement_take"),
    path(f"{_ONE}steps/add/", case.bereavement_add, name="bereavement_add"),
    path(f"{_ONE}steps/<slug:key>/", case.bereavement_step, name="bereavement_step"),
    path(f"{_ONE}family/", case.bereavement_family, name="bereavement_family"),
    path(f"{_ONE}family/print/", case.bereavement_family_print, name="bereavement_family_print"),
    path(f"{_ONE}close/", case.bereavement_close, name="bereavement_close"),
    path(f"{_ONE}reopen/", case.bereavement_reopen, name="bereavement_reopen"),
]
