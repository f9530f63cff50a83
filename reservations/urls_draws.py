"""Pages of draws."""

from django.urls import URLPattern, URLResolver, path

from reservations.views.draws import public, staff

draws_urlpatterns: list[URLPattern | URLResolver] = [
    path("draws/", public.draw_list, name="draw_list"),
    path("draws/wishes/<str:public_id>/<str:secret>/", public.draw_wish, name="draw_wish"),
    path("draws/<str:public_id>/", public.draw_detail, name="draw"),
    path("draws/<str:public_id>/enter/", public.draw_enter, name="draw_enter"),
    path("draws/<str:public_id>/entries.txt", public.draw_entries, name="draw_entries"),
    path("draws/<str:public_id>/results.csv", public.draw_results, name="draw_results"),
    path("staff/draws/", staff.staff_draws, name="staff_draws"),
    path("staff/draws/new/", staff.staff_draw_new, name="staff_draw_new"),
    path("staff/draws/<str:public_id>/", staff.staff_draw, name="staff_draw"),
    path("staff/draws/<str:public_id>/cancel/", staff.staff_draw_cancel, name="staff_draw_cancel"),
]
