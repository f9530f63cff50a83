"""Pages of who edits the supply."""

from django.urls import URLPattern, URLResolver, path

from reservations.views.supply import days, pages, rules, slots

_EDITOR = "staff/supply/<slug:group>/<slug:place>/"

supply_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/supply/", pages.supply_list, name="supply_list"),
    path("staff/supply/untold/", pages.supply_untold, name="supply_untold"),
    path(_EDITOR, rules.supply_week, name="supply_week"),
    path(f"{_EDITOR}rules/", rules.supply_rule_add, name="supply_rule_add"),
    path(f"{_EDITOR}rules/<str:public_id>/", rules.supply_rule, name="supply_rule"),
    path(f"{_EDITOR}rules/<str:public_id>/end/", rules.supply_rule_end, name="supply_rule_end"),
    path(f"{_EDITOR}days/<str:day>/", days.supply_day, name="supply_day"),
    path(f"{_EDITOR}days/<str:day>/reopen/", days.supply_day_reopen, name="supply_day_reopen"),
    path(f"{_EDITOR}days/<str:day>/hours/", days.supply_exception_add, name="supply_exception_add"),
    path(f"{_EDITOR}hours/<str:public_id>/remove/", days.supply_exception_remove, name="supply_exception_remove"),
    path(f"{_EDITOR}slots/<str:start>/", slots.supply_slot, name="supply_slot"),
    path(f"{_EDITOR}release/", slots.supply_release, name="supply_release"),
    path(f"{_EDITOR}history/", pages.supply_history, name="supply_history"),
]
