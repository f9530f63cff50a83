"""Neighbourhood circulars: pages for staff and heads, for residents, for tablets."""

from django.urls import URLPattern, path

from notices.views.circulars import homes, mine, staff, tablet

_STAFF = "staff/circulars/"
_ONE = f"{_STAFF}<str:public_id>/"
_DISTRICTS = "staff/districts/"
_DISTRICT = f"{_DISTRICTS}<str:public_id>/"
_HOME = f"{_DISTRICTS}homes/<str:public_id>/"
_TABLET = "circulars/tablet/"

urlpatterns: list[URLPattern] = [
    path(_STAFF, staff.circular_list, name="circular_list"),
    path(f"{_STAFF}new/", staff.circular_new, name="circular_new"),
    path(_DISTRICTS, homes.circular_districts, name="circular_districts"),
    path(_DISTRICT, homes.circular_homes, name="circular_homes"),
    path(f"{_DISTRICT}new/", homes.circular_home_new, name="circular_home_new"),
    path(_HOME, homes.circular_home, name="circular_home"),
    path(f"{_HOME}end/", homes.circular_home_end, name="circular_home_end"),
    path(f"{_HOME}tablet/", homes.circular_tablet_code, name="circular_tablet_code"),
    path(f"{_HOME}tablet/off/", homes.circular_tablet_off, name="circular_tablet_off"),
    path(_ONE, staff.circular_staff, name="circular_staff"),
    path(f"{_ONE}edit/", staff.circular_edit, name="circular_edit"),
    path(f"{_ONE}publish/", staff.circular_publish, name="circular_publish"),
    path(f"{_ONE}withdraw/", staff.circular_withdraw, name="circular_withdraw"),
    path(f"{_ONE}file.pdf", staff.circular_staff_file, name="circular_staff_file"),
    path(f"{_ONE}copies.pdf", staff.circular_copies, name="circular_copies"),
    path(f"{_ONE}paper/<str:home_id>/", homes.circular_paper, name="circular_paper"),
    path("circulars/", mine.circular_board, name="circular_board"),
    path("circulars/join/", mine.circular_join, name="circular_join"),
    path("circulars/homes/<str:public_id>/leave/", mine.circular_leave, name="circular_leave"),
    path(_TABLET, tablet.tablet_home, name="tablet_home"),
    path(f"{_TABLET}<str:public_id>/", tablet.tablet_circular, name="tablet_circular"),
    path(f"{_TABLET}<str:public_id>/read/", tablet.tablet_read, name="tablet_read"),
    path(f"{_TABLET}<str:public_id>/sheet/", tablet.tablet_sheet, name="tablet_sheet"),
    path(f"{_TABLET}<str:public_id>/file.pdf", tablet.tablet_file, name="tablet_file"),
    path("circulars/<str:public_id>/", mine.circular_page, name="circular_page"),
    path("circulars/<str:public_id>/read/", mine.circular_read, name="circular_read"),
    path("circulars/<str:public_id>/file.pdf", mine.circular_file, name="circular_file"),
]
